// What is being played, measured from the media that arrived: "720p · 30 fps · 2.9 Mbit/s".

const WINDOW_S = 8;
const ENOUGH_S = 2;
const FRAMES_WINDOW_MS = 3000;

/** Bit rate over the last seconds of media, video and audio apart and summed. */
export class MeasuredRate {
  #tracks = new Map();

  /** Adds one part or segment of a track. */
  add(track, bytes, seconds) {
    if (!(seconds > 0) || !(bytes > 0)) return;
    const pieces = this.#tracks.get(track) ?? [];
    pieces.push({ bytes, seconds });
    let total = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
    while (total > WINDOW_S && pieces.length > 1) total -= pieces.shift().seconds;
    this.#tracks.set(track, pieces);
  }

  reset() {
    this.#tracks.clear();
  }

  /** Bits per second, or 0 before enough arrived. */
  get bps() {
    let bps = 0;
    for (const pieces of this.#tracks.values()) {
      const seconds = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
      if (seconds < ENOUGH_S) return 0;
      bps += (pieces.reduce((sum, piece) => sum + piece.bytes, 0) * 8) / seconds;
    }
    return bps;
  }
}

/** Frames per second on screen. */
export class MeasuredFrameRate {
  #count = 0;
  #at = 0;

  fps = 0; // 0 while unknown

  /** To be called now and then while a video plays. */
  look(video) {
    const now = performance.now();
    if (now - this.#at < FRAMES_WINDOW_MS) return;
    const count = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
    const fps = Math.round(((count - this.#count) * 1000) / (now - this.#at));
    if (this.#at && fps > 0) this.fps = fps;
    this.#count = count;
    this.#at = now;
  }

  reset() {
    this.#count = 0;
    this.#at = 0;
    this.fps = 0;
  }
}

/** The text shown; what is 0 is left out. */
export function describeQuality({ width, height, frameRate, bps }) {
  const facts = [];
  // A phone held upright sends 720x1280: its quality is still called by the shorter side.
  if (height > 0) facts.push(`${Math.min(width, height)}p`);
  else if (bps > 0) facts.push('Audio');
  if (height > 0 && frameRate > 0) facts.push(`${trim(frameRate, 2)} fps`);
  if (bps >= 1_000_000) facts.push(`${(bps / 1_000_000).toFixed(1)} Mbit/s`);
  else if (bps > 0) facts.push(`${Math.round(bps / 1000)} kbit/s`);
  return facts.join(' · ');
}

function trim(number, digits) {
  return String(Number(number.toFixed(digits)));
}
