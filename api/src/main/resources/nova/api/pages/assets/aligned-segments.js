// Which segment comes after what is in the buffer. Renditions have the same segments with the same
// numbers, so who changes goes on with the next number. hls.js compares times, which it derives from
// the wall clock of segments: a playlist that is a rounding error late makes it load a whole segment
// again, and in a low-latency player that second is all there is.

import Hls from './vendor/hls.js-1.7.4/hls.min.mjs';

const { streamController: StreamController } = Hls.DefaultConfig;

// Playlists say milliseconds.
const ROUNDING = 0.001;

export class AlignedStreamController extends StreamController {
  getNextFragment(pos, details) {
    // Who waited for another rendition's playlist goes on as well, instead of starting at the live edge.
    if (this.fragPrevious) this.startFragRequested = true;
    return super.getNextFragment(pos, details);
  }

  getFragmentAtPosition(bufferEnd, end, details) {
    const before = this.fragPrevious;
    const { fragments, fragmentHint } = details;
    const latest = fragmentHint ?? fragments.at(-1);
    if (!before || before.level === latest.level) return super.getFragmentAtPosition(bufferEnd, end, details);
    if (before.sn > latest.sn) return null; // this rendition is not as far yet
    const same = before.sn === latest.sn ? latest : fragments.find(({ sn }) => sn === before.sn);
    if (!same) return super.getFragmentAtPosition(bufferEnd, end, details);
    const bufferEndHere = bufferEnd + same.start - before.start + ROUNDING;
    return bufferEndHere < end ? super.getFragmentAtPosition(bufferEndHere, end, details) : null; // nor here
  }
}
