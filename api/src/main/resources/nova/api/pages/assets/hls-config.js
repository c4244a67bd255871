// How hls.js plays Nova's streams: at the live edge, and asking again for as long as it takes.

import { LowLatencyAbr } from './abr.js';
import { AlignedStreamController } from './aligned-segments.js';

const forever = (config, count, isTimeout, response) => {
  const code = response?.code ?? 0;
  // 4xx will not change by asking the same again; everything else is the network or a busy server.
  return isTimeout || code === 0 || code === 429 || code >= 500;
};
const retry = {
  maxNumRetry: 1_000_000,
  retryDelayMs: 500,
  maxRetryDelayMs: 3000,
  shouldRetry: forever,
};

export const HLS_CONFIG = {
  lowLatencyMode: true,
  abrController: LowLatencyAbr,
  streamController: AlignedStreamController,
  // The target is the playlist's PART-HOLD-BACK. 1.1 wins back a second in ten.
  maxLiveSyncPlaybackRate: 1.1,
  liveSyncOnStallIncrease: 0.4,
  liveDurationInfinity: true,
  maxBufferLength: 20,
  // No backBufferLength: hls.js 1.7.4 that flushes played sound forgets that it loaded the last part
  // and loads no sound for as long as the part tags stay, 12 s. The browser evicts what is too old.
  // CMAF passes through without remuxing, which is less work than handing it to a worker.
  enableWorker: false,
  manifestLoadPolicy: {
    // A starting stream's first playlist is held back for up to 10 s.
    default: { maxTimeToFirstByteMs: 20_000, maxLoadTimeMs: 25_000, timeoutRetry: retry, errorRetry: retry },
  },
  playlistLoadPolicy: {
    // A blocked reload is held for up to three target durations, 12 s, before it answers 503.
    default: { maxTimeToFirstByteMs: 16_000, maxLoadTimeMs: 20_000, timeoutRetry: retry, errorRetry: retry },
  },
  fragLoadPolicy: {
    default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 30_000, timeoutRetry: retry, errorRetry: retry },
  },
};
