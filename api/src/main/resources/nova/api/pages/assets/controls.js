// The control bar, the big buttons and the keys.

import { byId } from './dom.js';
import { QualityMenu } from './quality-menu.js';

const HIDE_AFTER_MS = 2600;

/** Connects the buttons inside `root` with the player, and keeps their names true. */
export class Controls {
  #root;
  #video;
  #player;
  #hideTimer = 0;
  #quality;

  constructor(root, video, player) {
    this.#root = root;
    this.#video = video;
    this.#player = player;
    this.#quality = new QualityMenu(player);
    this.#restoreVolume();
    this.#connect();
    this.#keys();
    this.#autoHide();
    setInterval(() => this.#refresh(), 400);
    this.#refresh();
  }

  #connect() {
    byId('play').addEventListener('click', () => this.#togglePlay());
    byId('big-play').addEventListener('click', () => this.#player.play());
    byId('mute').addEventListener('click', () => this.#toggleMute());
    byId('unmute').addEventListener('click', () => this.#toggleMute());
    byId('go-live').addEventListener('click', () => this.#player.play());
    byId('fullscreen').addEventListener('click', () => this.#toggleFullscreen());
    byId('volume').addEventListener('input', ({ target }) => this.#setVolume(target.value / 100));
    const pip = byId('pip');
    pip.hidden = !document.pictureInPictureEnabled;
    pip.addEventListener('click', () => this.#togglePip());
    this.#video.addEventListener('volumechange', () => this.#refresh());
    this.#video.addEventListener('click', ({ pointerType }) => {
      if (pointerType === 'mouse' || pointerType === undefined) this.#togglePlay();
    });
    this.#video.addEventListener('dblclick', () => this.#toggleFullscreen());
  }

  #keys() {
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const tag = event.target.tagName;
      if (tag === 'INPUT' || tag === 'TEXTAREA') return;
      // Space and Enter belong to the button or link that has the focus.
      if (event.key === ' ' && (tag === 'BUTTON' || tag === 'A')) return;
      const action = this.#actions[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
      this.#wake();
    });
  }

  #actions = {
    k: () => this.#togglePlay(),
    ' ': () => this.#togglePlay(),
    m: () => this.#toggleMute(),
    f: () => this.#toggleFullscreen(),
    i: () => this.#togglePip(),
    l: () => this.#player.play(),
    arrowup: () => this.#setVolume(this.#video.volume + 0.1),
    arrowdown: () => this.#setVolume(this.#video.volume - 0.1),
  };

  #togglePlay() {
    if (!this.#player.url) return;
    if (this.#player.paused) this.#player.play();
    else this.#player.pause();
    this.#refresh();
  }

  #toggleMute() {
    this.#video.muted = !this.#video.muted;
    if (!this.#video.muted && this.#video.volume === 0) this.#setVolume(0.5);
    this.#refresh();
  }

  #setVolume(volume) {
    this.#video.volume = Math.min(1, Math.max(0, volume));
    this.#video.muted = this.#video.volume === 0;
    try {
      localStorage.setItem('nova.volume', String(this.#video.volume));
    } catch {
      // private windows and sandboxed iframes have no storage: the volume is simply not kept
    }
  }

  #restoreVolume() {
    try {
      const kept = Number(localStorage.getItem('nova.volume') ?? '1');
      if (kept > 0 && kept <= 1) this.#video.volume = kept;
    } catch {
      // as above
    }
  }

  #toggleFullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.#root.requestFullscreen) this.#root.requestFullscreen().catch(() => {});
    else this.#video.webkitEnterFullscreen?.(); // iPhone: only the video itself
  }

  async #togglePip() {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.#video.requestPictureInPicture();
    } catch {
      // refused by the browser, for instance before the first picture
    }
  }

  /** The bar leaves while nothing happens, unless the keyboard is inside it. */
  #autoHide() {
    for (const type of ['pointermove', 'pointerdown', 'focusin', 'touchstart']) {
      this.#root.addEventListener(type, () => this.#wake(), { passive: true });
    }
    this.#root.addEventListener('pointerleave', ({ pointerType }) => {
      if (pointerType === 'mouse') this.#root.classList.remove('awake');
    });
  }

  #wake() {
    this.#root.classList.add('awake');
    clearTimeout(this.#hideTimer);
    this.#hideTimer = setTimeout(() => this.#root.classList.remove('awake'), HIDE_AFTER_MS);
  }

  #refresh() {
    this.#quality.refresh();
    const { muted, volume } = this.#video;
    const paused = this.#player.paused;
    const started = this.#root.dataset.started === 'true';
    const live = ['live', 'reconnecting'].includes(this.#root.dataset.state);
    name('play', paused ? 'Play' : 'Pause', 'k');
    name('mute', muted ? 'Unmute' : 'Mute', 'm');
    byId('volume').value = String(muted ? 0 : Math.round(volume * 100));
    byId('unmute').hidden = !(muted && started && live && !paused);
    byId('big-play').hidden = !(paused && live);
    const behind = Number(this.#root.dataset.latency || 0);
    byId('go-live').classList.toggle('behind', paused || behind > 6);
    byId('go-live').disabled = !live;
    name('fullscreen', document.fullscreenElement ? 'Leave full screen' : 'Full screen', 'f');
  }
}

function name(id, label, key) {
  const button = byId(id);
  if (button.getAttribute('aria-label') === label) return;
  button.setAttribute('aria-label', label);
  button.title = `${label} (${key})`;
}
