package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
  private static final long SECOND = 1_000_000_000;

  private final RestartPolicy policy = new RestartPolicy(WorkerConfig.defaults(), new Random(7));

  @Test
  void delays_doubleWithJitter_untilRestartsAreUsedUp() {
    long[] atMostMs = {200, 400, 800, 1_600, 3_200};
    for (long most : atMostMs) {
      assertThat(policy.afterFailure(SECOND))
          .hasValueSatisfying(
              delay ->
                  assertThat(delay)
                      .isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most)));
    }
    assertThat(policy.afterFailure(SECOND)).isEmpty();
  }

  @Test
  void restarts_countForTheirWindowOnly() {
    for (int i = 0; i < 5; i++) {
      assertThat(policy.afterFailure(i * SECOND)).isPresent();
    }
    assertThat(policy.afterFailure(119 * SECOND)).isEmpty();
    assertThat(policy.afterFailure(121 * SECOND)).isPresent();
    assertThat(policy.afterFailure(121 * SECOND)).as("one left the window, one came").isEmpty();
  }

  @Test
  void longQuiet_beginsAnewWithTheShortestDelay() {
    for (int i = 0; i < 4; i++) {
      assertThat(policy.afterFailure(0)).isPresent();
    }
    Optional<Duration> delay = policy.afterFailure(500 * SECOND);
    assertThat(delay.orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(200));
  }

  @Test
  void manyRestarts_areNeverDelayedLongerThanTenSeconds() {
    RestartPolicy patient =
        new RestartPolicy(
            new WorkerConfig(
                Duration.ofSeconds(1), Duration.ofSeconds(1), 100, Duration.ofHours(1)),
            new Random(7));
    for (int i = 0; i < 100; i++) {
      assertThat(patient.afterFailure(0).orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
  }
}
