// Keeps hls.js at the live edge: back to it when far behind, and closer to it again some time after
// stalls have moved it away.

// Beyond this much more than the target the viewer is taken back to live instead of sped up.
const TOO_FAR_BEHIND_S = 2;
const TOO_FAR_BEHIND_FOR_S = 2;
const CALM_S = 45; // without a stall for this long, latency given up to stalls is won back
const WIN_BACK_S = 0.4;

export class LiveEdge {
  #farBehindFor = 0;
  #calmFor = 0;

  /** Another source, or the same from scratch. */
  reset() {
    this.#farBehindFor = 0;
  }

  /** Playback stood still for want of media. */
  stalled() {
    this.#calmFor = 0;
  }

  /** Playback moved for some seconds. Says whether it is so far behind that it must jump to live. */
  played(hls, seconds) {
    if (hls.targetLatency === null || !hls.latestLevelDetails?.live) return false;
    this.#calmFor += seconds;
    const { partHoldBack, holdBack } = hls.latestLevelDetails;
    const ideal = partHoldBack || holdBack;
    if (this.#calmFor >= CALM_S && ideal && hls.targetLatency > ideal + 0.05) {
      this.#calmFor = 0;
      hls.targetLatency = Math.max(ideal, hls.targetLatency - WIN_BACK_S);
    }
    const behind = hls.latency - hls.targetLatency;
    this.#farBehindFor = behind > TOO_FAR_BEHIND_S ? this.#farBehindFor + seconds : 0;
    if (this.#farBehindFor < TOO_FAR_BEHIND_FOR_S) return false;
    this.#farBehindFor = 0;
    return true;
  }
}
