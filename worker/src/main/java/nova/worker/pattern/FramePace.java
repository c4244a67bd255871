package nova.worker.pattern;

import java.util.concurrent.TimeUnit;

/// Which picture is to be drawn next, and when: frame `n` at `n / rate` seconds after the start,
/// however long the ones before took. What is late by a whole frame is left out.
///
/// *Confined to its creator's thread.*
final class FramePace {
  private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

  private final int framesPerSecond;
  private final long startNs;
  private long last = -1;

  FramePace(int framesPerSecond, long startNs) {
    this.framesPerSecond = framesPerSecond;
    this.startNs = startNs;
  }

  /// The next frame's number: that of the frame whose time is now, when its time has come, and the
  /// one after the last when that is yet to come.
  long next(long nowNs) {
    long elapsedNs = Math.max(0, nowNs - startNs);
    long whole = elapsedNs / NS_PER_S * framesPerSecond;
    long now = whole + elapsedNs % NS_PER_S * framesPerSecond / NS_PER_S;
    last = Math.max(last + 1, now);
    return last;
  }

  /// How long to wait before a frame is due; not positive when it is.
  long waitNs(long frame, long nowNs) {
    return startNs + timeNs(frame) - nowNs;
  }

  /// A frame's time from the start.
  long timeNs(long frame) {
    return frame / framesPerSecond * NS_PER_S
        + (frame % framesPerSecond * NS_PER_S + framesPerSecond - 1) / framesPerSecond;
  }
}
