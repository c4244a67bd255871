// Which rendition the network carries. hls.js averages over several seconds, but a low-latency
// player has one second in its buffer: it must believe the first part that comes too slowly, and
// it must not load twice. Another rendition begins with a keyframe, so who changes within a segment
// loads the beginning of that segment again.

import { AbrController } from './vendor/hls.js-1.7.4/hls.min.mjs';

// What is chosen in need must be there before the buffer is empty.
const IN_NEED = 0.4;
// A part on its way is given up when it takes so many times as long as it plays. hls.js does sooner,
// when most of it is here, and chooses as if its successor were as short, not a segment's beginning.
const HOPELESS = 3;

export class LowLatencyAbr extends AbrController {
  #level = -1; // of the latest part
  #goesOn = false; // whether more of its segment is to come
  #needed = -1; // the rendition to change to because parts come too slowly; -1 without need
  #mayWait = false; // for the end of the segment, although in need

  constructor(hls) {
    super(hls);
    const giveUp = this._abandonRulesCheck;
    this._abandonRulesCheck = (level) => {
      const part = this.partCurrent;
      const since = part?.stats.loading.first;
      if (!part || (since && performance.now() - since > HOPELESS * part.duration * 1000)) giveUp(level);
    };
  }

  onFragBuffered(event, data) {
    super.onFragBuffered(event, data);
    const { frag, part } = data;
    if (frag.type !== 'main') return;
    if (!part) {
      this.#forget(); // a whole segment: farther from the live edge, with more in the buffer
      return;
    }
    this.#level = frag.level;
    if (this.#level <= this.#needed) this.#needed = -1;
    const loadedS = part.start + part.duration - frag.start;
    const toComeS = this.#durationBefore(frag) - loadedS;
    this.#goesOn = toComeS > part.duration / 2;
    const { loaded, loading } = part.stats;
    const seconds = (loading.end - loading.first) / 1000; // without waiting for what the server has yet to get
    const bps = (loaded * 8) / seconds;
    if (seconds > part.duration) {
      const inNeed = bps * IN_NEED;
      if (inNeed < this.hls.bandwidthEstimate) this.resetEstimator(inNeed);
      this.#needed = Math.min(this.#best(inNeed), this.#level);
    }
    if (this.#needed < 0) return;
    // Seconds of the buffer that go, one way and the other.
    const toTheEnd = toComeS * Math.max(0, seconds / part.duration - 1);
    const fromTheBeginning = (loadedS * this.hls.levels[this.#needed].bitrate) / bps;
    this.#mayWait = this.#goesOn && toTheEnd < fromTheBeginning;
  }

  /** hls.js asks before each part. */
  get nextAutoLevel() {
    if (this.#needed >= 0 && !this.#mayWait) return this.#needed;
    return this.#goesOn ? this.#level : super.nextAutoLevel;
  }

  set nextAutoLevel(level) {
    if (level !== this.#level && level !== this.#needed) this.#forget();
    super.nextAutoLevel = level;
  }

  onError(event, data) {
    this.#forget(); // whoever recovers chooses
    super.onError(event, data);
  }

  onManifestLoading(event, data) {
    this.#forget();
    super.onManifestLoading(event, data);
  }

  #forget() {
    this.#goesOn = false;
    this.#needed = -1;
  }

  /** How long the segment before a growing one is, which it will be as well. */
  #durationBefore(frag) {
    const details = this.hls.levels[frag.level]?.details;
    return details?.fragments.find(({ sn }) => sn === frag.sn - 1)?.duration ?? 0;
  }

  /** The best rendition for a network, or the smallest. */
  #best(bps) {
    return Math.max(0, this.hls.levels.findLastIndex((level) => level.bitrate <= bps)); // they rise
  }
}
