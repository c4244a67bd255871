// The renditions of the stream that is played. hls.js reads the multivariant playlist once, but a
// ladder begins some seconds after its stream, and changes when the server has too much to do.

const ASK_MS = 5000;
const ASK_AFTER_A_WHILE_MS = 20_000;
const A_WHILE = 6; // questions

/** The variants of a multivariant playlist: {url, name, lines, bps}, best first. */
export function readVariants(text, playlistUrl) {
  const variants = [];
  let attributes = null;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      attributes = line;
    } else if (attributes && line && !line.startsWith('#')) {
      variants.push(variant(attributes, new URL(line, playlistUrl).href));
      attributes = null;
    }
  }
  return variants.sort((a, b) => b.lines - a.lines || b.bps - a.bps);
}

function variant(attributes, url) {
  const bps = Number(/[:,]BANDWIDTH=(\d+)/.exec(attributes)?.[1] ?? 0);
  const [, width, height] = /RESOLUTION=(\d+)x(\d+)/.exec(attributes) ?? [0, 0, 0];
  const rate = Math.round(Number(/FRAME-RATE=([\d.]+)/.exec(attributes)?.[1] ?? 0));
  const lines = Math.min(width, height); // as a phone held upright is called
  const name = lines ? `${lines}p${rate > 30 ? rate : ''}` : `${Math.round(bps / 1000)} kbit/s`;
  return { url, name: url.includes('/source/') ? `${name} (source)` : name, lines, bps };
}

/** Asks for the multivariant playlist now and then, for as long as it is open. */
export class Renditions {
  #url;
  #onChange;
  #timer = 0;
  #asked = 0;
  #closed = false;

  all = [];

  /** `onChange` is called when other variants are offered than before. */
  constructor(url, onChange) {
    this.#url = url;
    this.#onChange = onChange;
    this.#timer = setTimeout(() => this.#ask(), ASK_MS);
  }

  /** What the player read by itself. */
  begin(variants) {
    if (this.all.length === 0) this.#take(variants);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask() {
    this.#asked++;
    try {
      if (!document.hidden) {
        const response = await fetch(this.#url, { signal: AbortSignal.timeout(8000) });
        if (response.ok) this.#take(readVariants(await response.text(), response.url));
      }
    } catch {
      // the player itself notices when the server is away
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#ask(), this.#asked < A_WHILE ? ASK_MS : ASK_AFTER_A_WHILE_MS);
  }

  #take(variants) {
    if (this.#closed || variants.length === 0) return;
    const before = this.all.map(({ url }) => url).join();
    this.all = variants;
    if (before !== variants.map(({ url }) => url).join()) this.#onChange();
  }
}
