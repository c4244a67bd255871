package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;

/// Tells the time of one track for an encoder whose clock stands still: every message says 0, or
/// what the one before said.
///
/// Four frames in a row whose times do not move while 300 ms pass here are a clock that stands.
/// From then on time goes on with arrival, until the encoder's times move again. Arrival is
/// smoothed by the mean distance of the frames so far: what a stalled network delivers at once is
/// spread, and frames neither overlap nor leave holes.
///
/// *Confined to its session's thread.*
final class StandingClock {
  private static final long STILL_MS = 3; // less than any frame lasts
  private static final int FRAMES = 4;
  private static final double STANDS_AFTER_MS = 300;
  private static final double LONGEST_PAUSE_MS = 10_000; // more is a step of the wall clock
  private static final double SPREAD_MS = 1_000;
  private static final int GENTLE = 16;

  private long stoodAtMs;
  private long lastSourceMs;
  private Instant lastArrival = Instant.EPOCH;
  private int frames; // that came since the time last moved
  private double passedMs; // by arrival, since then
  private double toldMs; // since then; 0 while it is not clear that the clock stands

  /// The time to believe: that of the encoder, or one that goes on from where its clock stands.
  long timeOf(long sourceMs, Instant arrivedAt) {
    double pauseMs = Duration.between(lastArrival, arrivedAt).toNanos() / 1e6;
    boolean moved = frames == 0 || Math.abs(sourceMs - lastSourceMs) > STILL_MS;
    lastSourceMs = sourceMs;
    lastArrival = arrivedAt;
    if (moved) {
      stoodAtMs = sourceMs;
      frames = 1;
      passedMs = 0;
      toldMs = 0;
      return sourceMs;
    }
    frames++;
    passedMs += Math.clamp(pauseMs, 0, LONGEST_PAUSE_MS);
    if (toldMs > 0) {
      toldMs = next();
    } else if (frames >= FRAMES && passedMs >= STANDS_AFTER_MS) {
      toldMs = passedMs;
    } else {
      return sourceMs;
    }
    return stoodAtMs + Math.round(toldMs);
  }

  private double next() {
    double expected = toldMs + passedMs / (frames - 1);
    double ahead = passedMs - expected;
    return ahead > SPREAD_MS ? passedMs : Math.max(toldMs, expected + ahead / GENTLE);
  }
}
