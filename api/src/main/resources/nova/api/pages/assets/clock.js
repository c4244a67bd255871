// The server's clock as seen from here. Latency compares the wall-clock time stamped on the media
// by the server with now, so a viewer's clock that is wrong must not show.

import { playbackBase } from './dom.js';

const PROBES = 4;
const REFRESH_MS = 5 * 60_000;

let offsetMs = 0;

/** Server time in ms since 1970, corrected as well as is known. */
export function serverNow() {
  return Date.now() + offsetMs;
}

/** Keeps the correction fresh for as long as the page lives. */
export async function followServerClock() {
  let best = null;
  for (let i = 0; i < PROBES; i++) {
    const probe = await ask();
    // The answer was made somewhere within the round trip: the shortest trip bounds it best.
    if (probe && (!best || probe.tripMs < best.tripMs)) best = probe;
  }
  if (best) offsetMs = best.offsetMs;
  setTimeout(followServerClock, best ? REFRESH_MS : 15_000);
}

async function ask() {
  try {
    const sent = Date.now();
    const response = await fetch(`${playbackBase}/time`, { cache: 'no-store' });
    const tripMs = Date.now() - sent;
    if (!response.ok) return null;
    const server = Date.parse((await response.text()).trim());
    return Number.isNaN(server) ? null : { tripMs, offsetMs: server - (sent + tripMs / 2) };
  } catch {
    return null; // offline for the moment; asked again later
  }
}
