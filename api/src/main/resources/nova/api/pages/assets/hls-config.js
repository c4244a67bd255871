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

// Each open page is a viewer of its own, also where many share an address. Only playlists say so, and
// only to the server that the page came from: elsewhere every reload would cost a preflight.
const session = [...crypto.getRandomValues(new Uint32Array(4))]
  .map((word) => word.toString(16).padStart(8, '0'))
  .join('');

function nameSession(xhr, url) {
  const { origin, pathname } = new URL(url, location.href);
  if (origin !== location.origin || !pathname.endsWith('.m3u8')) return;
  xhr.open('GET', url, true); // a header can be set only after that
  xhr.setRequestHeader('CMCD-Session', `sid="${session}",v=2`);
}

export const HLS_CONFIG = {
  xhrSetup: nameSession,
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
