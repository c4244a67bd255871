// Which segment comes after what is in the buffer. Renditions have the same segments with the same
// numbers, so who changes goes on with the next number. hls.js compares times, which it derives from
// the wall clock of segments: a playlist that is a rounding error late makes it load a whole segment
// again, and in a low-latency player that second is all there is.

import Hls from './vendor/hls.js-1.7.4/hls.min.mjs';

const { streamController: StreamController } = Hls.DefaultConfig;

// Playlists say milliseconds.
const ROUNDING = 0.001;

export class AlignedStreamController extends StreamController {
  getFragmentAtPosition(bufferEnd, end, details) {
    const before = this.fragPrevious;
    const same = before && details.fragments.find(({ sn }) => sn === before.sn);
    if (!same || same.level === before.level) return super.getFragmentAtPosition(bufferEnd, end, details);
    const bufferEndHere = bufferEnd + same.start - before.start + ROUNDING;
    return bufferEndHere < end ? super.getFragmentAtPosition(bufferEndHere, end, details) : null; // not there yet
  }
}
