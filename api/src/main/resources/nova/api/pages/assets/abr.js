// Which rendition the network carries. hls.js averages over several seconds and looks when a segment
// is loaded, but a low-latency player has one second in its buffer: it must believe the first part
// that comes too slowly, and it must not load twice. Another rendition begins with a keyframe, so
// who changes within a segment loads the beginning of that segment again.

import Hls, { AbrController } from './vendor/hls.js-1.7.4/hls.min.mjs';

// What is chosen in need must be there before the buffer is empty.
const IN_NEED = 0.4;
// A part on its way is given up when it takes so many times as long as it plays. hls.js does sooner,
// when most of it is here, and chooses as if its successor were as short, not a segment's beginning.
const HOPELESS = 3;
// The last part of a segment may be a few frames, which tell nothing of the network.
const TELLING = 0.5; // of the longest part
// Shorter than any part, longer than what is lost in rounding.
const NO_TIME = 0.005;

export class LowLatencyAbr extends AbrController {
  #frag = null; // that the latest part is of
  #loadedS = 0; // of it
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

  onFragLoaded(event, data) {
    super.onFragLoaded(event, data);
    const { frag, part } = data;
    if (frag.type !== 'main') return;
    if (!part) {
      this.#forget(); // a whole segment: farther from the live edge, with more in the buffer
      return;
    }
    this.#frag = frag;
    this.#loadedS = part.start + part.duration - frag.start;
    if (frag.level <= this.#needed) this.#needed = -1;
    queueMicrotask(() => this.#next(frag, part));
    if (part.duration < TELLING * (this.hls.levels[frag.level].details?.partTarget ?? 0)) return;
    const { loaded, loading } = part.stats;
    const seconds = (loading.end - loading.first) / 1000; // without waiting for what the server has yet to get
    const bps = (loaded * 8) / seconds;
    if (seconds > part.duration) {
      const inNeed = bps * IN_NEED;
      if (inNeed < this.hls.bandwidthEstimate) this.resetEstimator(inNeed);
      this.#needed = Math.min(this.#best(inNeed), frag.level);
    }
    if (this.#needed < 0) return;
    // Seconds of the buffer that go, one way and the other.
    const perRequest = (loading.first - loading.start) / 1000;
    const toTheEnd = this.#toCome() * Math.max(0, (perRequest + seconds) / part.duration - 1);
    const fromTheBeginning =
      (part.index + 1) * perRequest + (this.#loadedS * this.hls.levels[this.#needed].averageBitrate) / bps;
    this.#mayWait = toTheEnd < fromTheBeginning;
  }

  get nextAutoLevel() {
    const toCome = this.#toCome() > NO_TIME;
    if (this.#needed >= 0 && !(toCome && this.#mayWait)) return this.#needed;
    return toCome ? this.#frag.level : super.nextAutoLevel;
  }

  set nextAutoLevel(level) {
    if (level !== this.#frag?.level && level !== this.#needed) this.#forget();
    super.nextAutoLevel = level;
  }

  onError(event, data) {
    if (data.details !== Hls.ErrorDetails.INTERNAL_ABORTED) this.#forget(); // whoever recovers chooses
    super.onError(event, data);
  }

  onManifestLoading(event, data) {
    this.#forget();
    super.onManifestLoading(event, data);
  }

  /**
   * hls.js loads the parts of a segment that it knows of one after the other, tells of the first
   * alone and asks for a rendition after the last. Watches the others as well, or leaves them.
   */
  #next(frag, loaded) {
    if (!this.hls?.autoLevelEnabled || this.#frag !== frag || !frag.loader) return;
    const { partList } = this.hls.levels[frag.level].details;
    const part = partList?.find(({ index, fragment }) => index === loaded.index + 1 && fragment.sn === frag.sn);
    if (!part) return;
    if (this.#mayWait || this.#needed < 0 || this.#needed === frag.level) {
      super.onFragLoading(Hls.Events.FRAG_LOADING, { frag, part });
      return;
    }
    this.hls.nextLoadLevel = this.#needed;
    frag.abortRequests();
    this.fragCurrent = this.partCurrent = null;
    this.hls.trigger(Hls.Events.FRAG_LOAD_EMERGENCY_ABORTED, { frag, part, stats: part.stats });
  }

  #forget() {
    this.#frag = null;
    this.#needed = -1;
  }

  /** Seconds of the segment after the latest part. A growing one will be as long as the one before it. */
  #toCome() {
    const frag = this.#frag;
    const fragments = this.hls?.levels[frag?.level]?.details?.fragments ?? [];
    const listed = (number) => fragments.find(({ sn, relurl }) => relurl && sn === number); // hls.js adds a growing one
    const whole = frag && (listed(frag.sn) ?? listed(frag.sn - 1));
    return whole ? whole.duration - this.#loadedS : 0;
  }

  /** The best rendition for a network, or the smallest; of those that did not fail. */
  #best(bps) {
    const { levels } = this.hls; // they rise
    const best = levels.findLastIndex((level) => level.bitrate <= bps && !level.loadError);
    return best < 0 ? levels.findIndex((level) => !level.loadError) : best;
  }
}
