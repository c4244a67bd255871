// What the server says about the channel: asked again and again, so that the page changes state
// without a reload.

import { base } from './dom.js';
import { authorization } from './token.js';

const INTERVAL_MS = { offline: 3000, starting: 1000, live: 2500, reconnecting: 1000, ended: 3000 };
const HIDDEN_INTERVAL_MS = 10_000;
const UNREACHABLE_INTERVAL_MS = 2000;

/**
 * Follows GET /api/v1/channels/{slug}/playback.
 *
 * `onStatus` receives {state, title, stream, hls, poster, startedAt, viewers}, after every answer;
 * `onUnreachable` the number of answers that failed to come in a row.
 */
export class PlaybackStatus {
  #url;
  #onStatus;
  #onUnreachable;
  #timer = 0;
  #asking = false;
  #failures = 0;
  #last = 'starting';

  constructor(channel, onStatus, onUnreachable) {
    this.#url = `${base}/api/v1/channels/${encodeURIComponent(channel)}/playback`;
    this.#onStatus = onStatus;
    this.#onUnreachable = onUnreachable;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.askNow();
    });
    window.addEventListener('online', () => this.askNow());
  }

  /** Asks at once, for instance because the player met an error. */
  async askNow() {
    if (this.#asking) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    try {
      const response = await fetch(this.#url, {
        headers: authorization,
        signal: AbortSignal.timeout(8000),
      });
      const isPrivate = response.status === 401 || response.status === 403;
      if (!response.ok && !isPrivate) throw new Error(`status ${response.status}`);
      const status = isPrivate ? { state: 'private' } : await response.json();
      this.#failures = 0;
      this.#last = status.state;
      this.#onStatus(status);
    } catch {
      this.#failures++;
      this.#onUnreachable(this.#failures);
    } finally {
      this.#asking = false;
      this.#timer = setTimeout(() => this.askNow(), this.#pause());
    }
  }

  #pause() {
    if (document.hidden) return HIDDEN_INTERVAL_MS;
    if (this.#failures > 0) return UNREACHABLE_INTERVAL_MS * Math.min(this.#failures, 4);
    return INTERVAL_MS[this.#last] ?? 3000;
  }
}
