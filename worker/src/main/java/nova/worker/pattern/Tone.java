package nova.worker.pattern;

import java.util.concurrent.TimeUnit;

/// A quiet hum of 440 Hz, and 1000 Hz in its place for the first 100 ms of every second of the wall
/// clock.
///
/// *Immutable.*
final class Tone {
  private static final double HUM_HZ = 440;
  private static final double HUM = 0.04;
  private static final double BEEP_HZ = 1000;
  private static final double BEEP = 0.25;
  private static final double BEEP_MS = 100;
  private static final double FADE_MS = 3; // or the loudspeaker clicks
  private static final double NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

  private Tone() {}

  /// The sample at a time since 1970.
  static float at(long epochNs) {
    long ofSecondNs = Math.floorMod(epochNs, NS_PER_S);
    double ms = ofSecondNs / NS_PER_MS;
    double beep = Math.clamp(Math.min(ms, BEEP_MS - ms) / FADE_MS, 0, 1);
    double turns = ofSecondNs / (double) NS_PER_S; // both frequencies are whole
    return (float)
        (BEEP * beep * Math.sin(2 * Math.PI * BEEP_HZ * turns)
            + HUM * (1 - beep) * Math.sin(2 * Math.PI * HUM_HZ * turns));
  }
}
