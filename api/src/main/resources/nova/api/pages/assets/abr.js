// Which rendition the network carries. hls.js averages over several seconds, but a low-latency
// player has one second in its buffer: it must believe the first part that comes too slowly.

import { AbrController } from './vendor/hls.js-1.7.4/hls.min.mjs';

// What is chosen in need must come from the beginning of its segment, before the buffer is empty.
const IN_NEED = 0.4;

export class LowLatencyAbr extends AbrController {
  onFragBuffered(event, data) {
    super.onFragBuffered(event, data);
    const { frag, part } = data;
    if (!part || frag.type !== 'main') return;
    const { loaded, loading } = part.stats;
    const seconds = (loading.end - loading.first) / 1000; // without waiting for what the server has yet to get
    if (seconds <= part.duration) return;
    const bps = (loaded * 8 * IN_NEED) / seconds;
    if (bps < this.hls.bandwidthEstimate) this.resetEstimator(bps);
  }
}
