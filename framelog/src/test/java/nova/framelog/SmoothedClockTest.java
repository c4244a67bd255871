package nova.framelog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class SmoothedClockTest {
  private static final Instant BEGIN = Instant.parse("2026-11-22T16:00:00Z");
  private static final long SEGMENT_MS = 2_000;
  private static final long FRAME_MS = 40;

  @Test
  void jitterOfTheNetwork_doesNotMoveTheClock() {
    Seeds.each(
        20,
        random -> {
          List<Long> corrections = corrections(600, _ -> jitterMs(random));

          assertThat(corrections).containsOnly(0L);
        });
  }

  @Test
  void driftingEncoder_isFollowedInStepsOfHalfATenthOfASecond() {
    Seeds.each(
        20,
        random -> {
          double drift = (random.nextBoolean() ? 1 : -1) * 200e-6;

          List<Long> corrections = corrections(3_600, ms -> ms * drift + jitterMs(random));

          long truth = (long) (3_600_000 * drift);
          assertThat(corrections.getLast() - truth).isBetween(-100L, 100L);
          for (int i = 0; i < corrections.size(); i++) {
            assertThat(corrections.get(i) % 50).isZero();
            long oneMinuteLater = corrections.get(Math.min(i + 29, corrections.size() - 1));
            assertThat(Math.abs(oneMinuteLater - corrections.get(i))).isLessThanOrEqualTo(50);
          }
        });
  }

  @Test
  void correction_countsFromASegmentsBeginning_forLateFramesOfTheOneBeforeAsWell() {
    SmoothedClock clock = new SmoothedClock(BEGIN, 0);
    for (long ms = 0; ms <= 60_000; ms += FRAME_MS) {
      clock.arrived(ms * 1_000_000, BEGIN.plusMillis(ms + 300));
      assertThat(clock.at(ms * 1_000_000, 1)).isEqualTo(BEGIN.plusMillis(ms));
    }

    assertThat(clock.at(61_000_000_000L, 2)).isEqualTo(BEGIN.plusMillis(61_050));
    assertThat(clock.at(60_990_000_000L, 1)).isEqualTo(BEGIN.plusMillis(60_990));
    assertThat(clock.at(62_000_000_000L, 2)).isEqualTo(BEGIN.plusMillis(62_050));
    assertThat(clock.at(63_000_000_000L, 3)).isEqualTo(BEGIN.plusMillis(63_050));
  }

  private static double jitterMs(Random random) {
    return random.nextInt(40) + (random.nextInt(500) == 0 ? 800 : 0);
  }

  private interface Delay {
    double ms(long mediaMs);
  }

  /// Milliseconds by which each segment's wall clock is corrected.
  private static List<Long> corrections(int seconds, Delay delay) {
    SmoothedClock clock = new SmoothedClock(BEGIN, 0);
    List<Long> corrections = new ArrayList<>();
    for (long ms = 0; ms < seconds * 1_000L; ms += FRAME_MS) {
      long ns = ms * 1_000_000;
      clock.arrived(ns, BEGIN.plusNanos(ns + (long) (delay.ms(ms) * 1e6)));
      long segment = 1 + ms / SEGMENT_MS;
      long corrected = Duration.between(BEGIN.plusMillis(ms), clock.at(ns, segment)).toMillis();
      if (segment > corrections.size()) {
        corrections.add(corrected);
      }
      assertThat(corrected).as("within segment %d", segment).isEqualTo(corrections.getLast());
    }
    return corrections;
  }
}
