// The stage: brings what the server says together with what the player does, and shows one state.
//
// For tests and for pages around an iframe, the element #player carries:
//   data-state    connecting | offline | private | starting | live | reconnecting | ended | unplayable
//   data-stream   id of the stream being played, empty when none is
//   data-moving   "true" while pictures or sound move
//   data-latency  seconds behind live with one decimal, empty while unknown
//   data-quality  "720p · 30 fps · 2.9 Mbit/s", empty while unknown
//   data-stalls   how often playback stalled since the page was opened
//   data-trouble  the last error that had to be recovered, empty if none
//   data-muted    "true" or "false"
//   data-poster   "true" while a poster stands in for the picture that is to come
// and window.nova is {player, video, state}.

import { byId, channel } from './dom.js';
import { followServerClock } from './clock.js';
import { LivePlayer } from './player.js';
import { PlaybackStatus } from './playback.js';
import { describeQuality } from './quality.js';
import { Controls } from './controls.js';
import { throughToken, token } from './token.js';

const REFRESH_MS = 500;
const UNREACHABLE_AFTER = 3;
// A stream that ended is played out, for at most this long, before the curtain falls.
const PLAY_OUT_MS = 8000;
const PLAYED_OUT_STILL_S = 1.5;
// A page that waits for its play button shows a newer poster this often.
const POSTER_INTERVAL_MS = 20_000;

const WORDS = {
  connecting: ['Connecting', ''],
  offline: ['Offline', 'Nobody is broadcasting here right now. When that changes, this page starts to play by itself.'],
  private: [
    'Not public',
    token
      ? 'The token of this link does not open this channel, or no longer. Ask whoever gave it to you for another.'
      : 'This channel needs a token: open it by the link that you were given.',
  ],
  starting: ['Starting', 'The broadcast is about to begin.'],
  reconnecting: ['Reconnecting', 'The broadcaster lost the connection. Playback goes on by itself when they return.'],
  ended: ['The broadcast has ended', 'Thank you for watching. The next one starts here by itself.'],
};

/** Runs the player of this page. Emits "change" whenever what is shown may have changed. */
export class Stage extends EventTarget {
  #root = byId('player');
  #video = byId('video');
  #player;
  #status;
  #server = { state: 'connecting' };
  #failures = 0;
  #sentence = '';
  #unplayableStream = null;
  #played = false;
  #finished = false;
  #endedAt = 0;
  #posterAt = -POSTER_INTERVAL_MS;

  /** @param options {muted, autoplay} */
  constructor(options) {
    super();
    this.#video.muted = options.muted;
    this.#player = new LivePlayer(this.#video);
    if (!options.autoplay) this.#player.pause();
    new Controls(this.#root, this.#video, this.#player);
    this.#listen();
    this.#status = new PlaybackStatus(
      channel,
      (status) => this.#heard(status),
      (failures) => this.#unreachable(failures),
    );
    window.nova = { player: this.#player, video: this.#video, state: this.#root.dataset };
    if (LivePlayer.isSupported(this.#video)) {
      followServerClock();
      this.#status.askNow();
    } else {
      this.#sentence = 'This browser cannot play live video: it has neither Media Source Extensions nor HLS. A current Chrome, Edge, Firefox or Safari can.';
    }
    setInterval(() => this.#refresh(), REFRESH_MS);
    this.#refresh();
  }

  get state() {
    return this.#root.dataset.state;
  }

  /** Of the channel, for people; undefined while it has none. */
  get title() {
    return this.#server.title;
  }

  /** How many watch; undefined while that is not known. */
  get viewers() {
    return this.#server.viewers;
  }

  get startedAt() {
    return this.#server.startedAt;
  }

  #listen() {
    this.#player.addEventListener('playing', () => {
      this.#played = true;
      this.#dropPoster(); // or a player that starts over would show how the broadcast began
      this.#refresh();
    });
    this.#player.addEventListener('stalled', () => this.#status.askNow());
    this.#player.addEventListener('over', () => {
      this.#finished = true;
      this.#status.askNow();
    });
    this.#player.addEventListener('trouble', ({ detail }) => {
      this.#root.dataset.trouble = detail;
      this.#status.askNow();
    });
    this.#player.addEventListener('blocked', () => this.#refresh());
    this.#player.addEventListener('unplayable', ({ detail }) => {
      this.#sentence = detail;
      this.#unplayableStream = this.#server.stream;
      this.#refresh();
    });
  }

  #heard(status) {
    this.#failures = 0;
    const before = this.#server;
    this.#server = status;
    if (status.stream !== before.stream) {
      this.#played = false;
      this.#finished = false;
      this.#endedAt = 0;
      this.#dropPoster();
    }
    this.#showPoster();
    if (status.state === 'ended' && before.state !== 'ended') this.#endedAt = performance.now();
    this.#follow();
    this.#refresh();
  }

  /** What the broadcast shows stands where the picture will be; after that it is not asked for. */
  #showPoster() {
    const { state, poster } = this.#server;
    if (state === 'offline' || state === 'private' || state === 'ended') {
      this.#dropPoster();
      return;
    }
    const now = performance.now();
    if (!poster || this.#played || document.hidden || now - this.#posterAt < POSTER_INTERVAL_MS) return;
    this.#posterAt = now;
    this.#video.poster = throughToken(poster);
  }

  #dropPoster() {
    this.#posterAt = -POSTER_INTERVAL_MS;
    this.#video.removeAttribute('poster');
  }

  /** Makes the player play what the server says there is. */
  #follow() {
    const { state, stream, hls } = this.#server;
    const canPlay = stream && stream !== this.#unplayableStream;
    switch (state) {
      case 'live':
      case 'reconnecting': {
        if (!canPlay) break;
        const url = new URL(throughToken(hls), location.href).href;
        if (this.#player.url !== url) {
          this.#sentence = '';
          this.#player.load(url);
        } else if (state === 'live') {
          this.#player.insist();
        } else {
          this.#player.bePatient();
        }
        break;
      }
      case 'ended':
        if (this.#playedOut()) this.#player.stop();
        break;
      default: // offline, private or starting: there is nothing to play yet
        this.#player.stop();
    }
  }

  #playedOut() {
    return (
      this.#finished ||
      this.#endedAt === 0 ||
      !this.#player.url ||
      this.#player.stillFor >= PLAYED_OUT_STILL_S ||
      performance.now() - this.#endedAt > PLAY_OUT_MS
    );
  }

  #unreachable(failures) {
    this.#failures = failures;
    this.#refresh();
  }

  #shownState() {
    const { state, stream } = this.#server;
    if (this.#sentence && (!stream || stream === this.#unplayableStream)) return 'unplayable';
    if (this.#failures >= UNREACHABLE_AFTER && !this.#player.moving) return 'reconnecting';
    if (state === 'live' && !this.#played && !this.#player.paused) return 'starting';
    if (state === 'ended' && !this.#playedOut()) return 'live';
    return state;
  }

  #refresh() {
    if (this.#server.state === 'ended') this.#follow();
    const { dataset } = this.#root;
    const moving = this.#player.moving;
    const state = this.#shownState();
    const latency = moving && this.#played ? this.#player.latency : null;
    dataset.state = state;
    dataset.stream = this.#player.url ? this.#server.stream : '';
    dataset.moving = String(moving);
    dataset.latency = latency === null ? '' : Math.max(0, latency).toFixed(1);
    dataset.quality = this.#played && this.#player.url ? describeQuality(this.#player.quality) : '';
    dataset.stalls = String(this.#player.stalls);
    dataset.muted = String(this.#video.muted);
    dataset.paused = String(this.#player.paused);
    dataset.started = String(this.#played);
    dataset.poster = String(!this.#played && this.#video.hasAttribute('poster'));
    dataset.audioOnly = String(moving && this.#played && this.#video.videoWidth === 0);
    this.#say(state);
    this.dispatchEvent(new Event('change'));
  }

  #say(state) {
    let [title, text] = WORDS[state] ?? ['', ''];
    if (state === 'unplayable') [title, text] = ['Cannot play', this.#sentence];
    if (state === 'reconnecting' && this.#failures >= UNREACHABLE_AFTER) {
      text = 'The server cannot be reached. Trying again.';
    }
    setText('curtain-title', title);
    setText('curtain-text', text);
    // Over a picture that still stands, a small note is enough.
    setText('chip', state === 'reconnecting' ? text : '');
    setText('bar-latency', this.#root.dataset.latency && `${this.#root.dataset.latency} s behind live`);
  }
}

// Writing the same text again would make screen readers repeat it.
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}
