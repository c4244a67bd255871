// A live player that does not give up: hls.js where Media Source Extensions exist, the browser's
// own HLS elsewhere. It plays one source at a time at the live edge, and treats every error as
// something to recover from for as long as the page wants that source played.

import Hls from './vendor/hls.js-1.7.4/hls.min.mjs';
import { serverNow } from './clock.js';
import { HLS_CONFIG } from './hls-config.js';
import { LiveEdge } from './live-edge.js';
import { MeasuredFrameRate, MeasuredRate } from './quality.js';
import { Renditions, readVariants } from './renditions.js';

const TICK_MS = 500;
const STALLED_RESTART_LOADING_MS = 5000;
const STALLED_RELOAD_MS = 12_000; // longer than a starting stream's first playlist is held

/**
 * Events (CustomEvent): "playing" each time pictures or sound begin to move, "stalled" when they
 * stop for want of media, "renditions" when there is another choice or another one is played,
 * "over" when a finished stream has been played to its end, "trouble" when something had to be
 * recovered, "blocked" when the browser wants a click first, and "unplayable" with a sentence in
 * `detail` when this browser cannot play the source.
 */
export class LivePlayer extends EventTarget {
  #video;
  #hls = null;
  #url = null;
  #rate = new MeasuredRate();
  #frameRate = new MeasuredFrameRate();
  #edge = new LiveEdge();
  #renditions = null;
  #chosen = null;
  #pausedByUser = false;
  #lastPosition = -1;
  #moving = false;
  #stillFor = 0;
  #reloads = 0;
  #reloadTimer = 0;
  #mediaErrors = [];
  #insistedAt = 0;
  #restarted = false;
  #gone = new Set(); // levels whose playlist was not there when last asked for

  stalls = 0;

  constructor(video) {
    super();
    this.#video = video;
    video.addEventListener('ended', () => this.#emit('over'));
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
    setInterval(() => this.#tick(), TICK_MS);
  }

  get url() {
    return this.#url;
  }

  /** Whether this browser can play HLS in any way. */
  static isSupported(video) {
    return Hls.isSupported() || video.canPlayType('application/vnd.apple.mpegurl') !== '';
  }

  /** Plays another source, or the same one from scratch. */
  load(url) {
    this.stop();
    this.#url = url;
    if (Hls.isSupported()) this.#renditions = new Renditions(url, () => this.#renditionsChanged());
    this.#start();
  }

  /** Forgets the source and clears the picture. */
  stop() {
    this.#cancelReload();
    this.#url = null;
    this.#renditions?.close();
    this.#renditions = null;
    this.#chosen = null;
    this.#reloads = 0;
    this.#teardown();
  }

  async play() {
    this.#pausedByUser = false;
    if (!this.#url) return;
    this.goLive();
    await this.#play();
  }

  pause() {
    this.#pausedByUser = true;
    this.#video.pause();
  }

  get paused() {
    return this.#pausedByUser;
  }

  /** Whether pictures or sound moved within the last tick. */
  get moving() {
    return this.#moving && !this.#video.paused;
  }

  /** Seconds for which nothing has moved although it should. */
  get stillFor() {
    return this.#stillFor;
  }

  /** Jumps to the newest position that plays without stalling. */
  goLive() {
    const target = this.#hls ? this.#hls.liveSyncPosition : seekableEnd(this.#video);
    if (target && target - this.#video.currentTime > 0.3) this.#video.currentTime = target;
  }

  /** Seconds between the moment the server received what is seen now and now; null if unknown. */
  get latency() {
    const date = this.#hls ? this.#hls.playingDate : nativeDate(this.#video);
    return date ? (serverNow() - date.getTime()) / 1000 : null;
  }

  /** What viewers may choose among, best first: {url, name, lines, bps}. */
  get renditions() {
    return this.#hls ? (this.#renditions?.all ?? []) : []; // the browser's own player chooses itself
  }

  /** The URL of the chosen rendition; null while the player chooses by what the network carries. */
  get chosen() {
    return this.#chosen;
  }

  /** The rendition on screen, undefined while unknown. */
  get playedRendition() {
    const url = this.#hls?.levels[this.#hls.currentLevel]?.uri;
    return this.renditions.find((rendition) => rendition.url === url);
  }

  /** Plays one rendition from now on, or with null again what the network carries. */
  choose(url) {
    this.#chosen = url;
    if (!this.#hls) return;
    const level = this.#levelOf(url);
    if (url !== null && level < 0) this.#startOver(); // begun after hls.js asked what there is
    else this.#hls.nextLevel = level;
    this.#emit('renditions');
  }

  #renditionsChanged() {
    const gone = this.#chosen !== null && !this.renditions.some(({ url }) => url === this.#chosen);
    if (gone) this.choose(null);
    else this.#emit('renditions');
  }

  #levelOf(url) {
    return this.#hls.levels.findIndex((level) => level.uri === url);
  }

  /** {width, height, frameRate, bps} of what is played; 0 stands for unknown. */
  get quality() {
    const level = this.#hls?.levels[Math.max(this.#hls.currentLevel, 0)];
    const { videoWidth: width, videoHeight: height } = this.#video;
    return {
      width,
      height,
      frameRate: level?.frameRate || this.#frameRate.fps,
      bps: this.#rate.bps || level?.averageBitrate || level?.bitrate || 0,
    };
  }

  #start() {
    this.#video.addEventListener('canplay', () => this.#playUnlessPaused(), { once: true });
    if (!Hls.isSupported()) {
      this.#startNative();
      return;
    }
    const hls = new Hls(HLS_CONFIG);
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_, error) => this.#failed(error));
    hls.on(Hls.Events.FRAG_BUFFERED, (_, { frag, part, stats }) => {
      const piece = part ?? frag;
      if (piece.duration) this.#rate.add(frag.type, stats.total || stats.loaded, piece.duration);
    });
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { level }) => {
      this.#reloads = 0;
      this.#gone.delete(level);
    });
    hls.on(Hls.Events.MANIFEST_LOADED, (_, { networkDetails, url }) => {
      const text = networkDetails?.responseText ?? '';
      this.#renditions?.begin(readVariants(text, url));
    });
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (this.#chosen !== null && this.#levelOf(this.#chosen) >= 0) hls.nextLevel = this.#levelOf(this.#chosen);
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.#emit('renditions'));
    hls.loadSource(this.#url);
    hls.attachMedia(this.#video);
  }

  #startNative() {
    this.#video.src = this.#url;
    this.#video.onerror = () => {
      if (this.#video.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED && this.#reloads > 5) {
        this.#unplayable('This browser cannot play this stream.');
      }
      this.#reload('the browser\'s own player failed');
    };
  }

  #teardown() {
    this.#video.onerror = null;
    if (this.#hls) {
      this.#hls.destroy();
      this.#hls = null;
    } else if (this.#video.src) {
      this.#video.removeAttribute('src');
      this.#video.load();
    }
    this.#rate.reset();
    this.#lastPosition = -1;
    this.#moving = false;
    this.#stillFor = 0;
    this.#edge.reset();
    this.#restarted = false;
    this.#gone.clear();
    this.#frameRate.reset();
  }

  #failed(error) {
    if (error.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) {
      this.stalls++;
      this.#edge.stalled();
      if (this.#smallerAppeared()) this.#startOver();
    }
    if (this.#nothingStays(error)) {
      if (!this.#reloadTimer) this.#reload('what was played has left the stream');
      return;
    }
    if (!error.fatal) return;
    this.#emit('trouble', error.details);
    if (isIncompatible(error)) {
      this.#unplayable('This browser cannot play the video or audio format of this stream.');
    } else if (error.type === Hls.ErrorTypes.MEDIA_ERROR && this.#mayRecoverMedia()) {
      this.#hls.recoverMediaError();
      this.#playUnlessPaused();
    } else {
      this.#reload(error.details);
    }
  }

  /** Whether what is too much for the network has a smaller companion by now that hls.js does not know. */
  #smallerAppeared() {
    const lines = this.playedRendition?.lines ?? Infinity;
    return this.#chosen === null && this.renditions.some((r) => r.lines < lines && this.#levelOf(r.url) < 0);
  }

  /**
   * Whether the sound, or all pictures that hls.js knows, are no longer encoded: only who asks again
   * learns what the stream goes on with. hls.js 1.7.4 does not call that fatal, and asks for what is
   * gone every half second.
   */
  #nothingStays({ details, response, context }) {
    if (response?.code !== 404) return false;
    if (details !== Hls.ErrorDetails.LEVEL_LOAD_ERROR) return details === Hls.ErrorDetails.AUDIO_TRACK_LOAD_ERROR;
    this.#gone.add(context.level);
    return this.#hls.levels.every((_, i) => this.#gone.has(i));
  }

  /** Asks again what there is. */
  #startOver() {
    this.#cancelReload();
    this.#teardown();
    this.#start();
  }

  /** Recovering keeps what is loaded, but not when it fails again and again. */
  #mayRecoverMedia() {
    const now = performance.now();
    this.#mediaErrors = this.#mediaErrors.filter((at) => now - at < 20_000);
    this.#mediaErrors.push(now);
    return this.#mediaErrors.length <= 2;
  }

  /** Starts the source over after a pause that grows from 0.5 s to 5 s. */
  #reload(why) {
    if (!this.#url) return;
    this.#cancelReload();
    const pauseMs = Math.min(500 * 2 ** this.#reloads, 5000);
    this.#reloads++;
    console.info(`nova: starting over in ${pauseMs} ms (${why})`);
    this.#reloadTimer = setTimeout(() => this.#startOver(), pauseMs);
  }

  #cancelReload() {
    clearTimeout(this.#reloadTimer);
    this.#reloadTimer = 0;
  }

  #unplayable(sentence) {
    this.stop();
    this.#emit('unplayable', sentence);
  }

  async #playUnlessPaused() {
    if (!this.#pausedByUser) await this.#play();
  }

  async #play() {
    try {
      await this.#video.play();
    } catch (refusal) {
      if (refusal.name !== 'NotAllowedError') return; // a newer load took its place
      if (!this.#video.muted) {
        this.#video.muted = true;
        await this.#play();
      } else {
        this.#pausedByUser = true;
        this.#emit('blocked');
      }
    }
  }

  #tick() {
    if (!this.#url) return;
    this.#frameRate.look(this.#video);
    const seconds = TICK_MS / 1000;
    const position = this.#video.currentTime;
    const moved = position !== this.#lastPosition && this.#video.readyState >= 2;
    this.#lastPosition = position;
    if (moved) {
      const wasMoving = this.#moving;
      this.#moving = true;
      this.#stillFor = 0;
      this.#restarted = false;
      if (!wasMoving) this.#emit('playing');
      if (this.#hls && this.#edge.played(this.#hls, seconds)) this.goLive();
      return;
    }
    if (this.#pausedByUser || this.#video.ended || document.hidden) return;
    this.#stillFor += seconds;
    if (this.#moving) {
      this.#moving = false;
      this.#emit('stalled');
    }
  }

  /**
   * Called again and again while the server says that media is coming: a player that stands still
   * all the same is first told to load again, then started over.
   */
  insist() {
    if (!this.#url || this.#moving || this.#pausedByUser || document.hidden) {
      this.#insistedAt = 0;
      return;
    }
    const now = performance.now();
    this.#insistedAt ||= now;
    if (now - this.#insistedAt >= STALLED_RELOAD_MS) {
      this.#insistedAt = now;
      this.#restarted = false;
      this.#reload('nothing played for a while');
    } else if (now - this.#insistedAt >= STALLED_RESTART_LOADING_MS && !this.#restarted) {
      this.#restarted = true;
      this.#hls?.startLoad(-1);
      this.#playUnlessPaused();
    }
  }

  /** The opposite of insisting: nothing is coming for now, so standing still is no fault. */
  bePatient() {
    this.#insistedAt = 0;
    this.#restarted = false;
  }

  #visibilityChanged() {
    if (document.hidden || !this.#url || this.#pausedByUser) return;
    // Browsers pause or starve a hidden video; what matters now is what is live now.
    if ((this.latency ?? 0) > 3) this.goLive();
    this.#playUnlessPaused();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function isIncompatible(error) {
  return (
    error.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR ||
    error.details === Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR ||
    error.details === Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR
  );
}

function seekableEnd(video) {
  return video.seekable.length ? video.seekable.end(video.seekable.length - 1) - 1 : null;
}

function nativeDate(video) {
  const start = video.getStartDate?.();
  return start && !Number.isNaN(start.getTime())
    ? new Date(start.getTime() + video.currentTime * 1000)
    : null;
}
