package nova.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FakeClockTest {
  @Test
  void advancing_moves_both_clocks_even_across_the_overflow_of_the_monotonic_one() {
    FakeClock clock = new FakeClock(Instant.EPOCH);
    long before = clock.nanoTime();

    clock.advance(Duration.ofSeconds(3));

    assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(3));
    assertThat(clock.nanoTime() - before).isEqualTo(3_000_000_000L);
    assertThat(clock.nanoTime()).isNegative();
  }

  @Test
  void a_jump_of_the_wall_clock_lets_no_time_pass() {
    FakeClock clock = new FakeClock(Instant.EPOCH);
    long before = clock.nanoTime();

    clock.jumpWallClock(Duration.ofSeconds(-5));

    assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(-5));
    assertThat(clock.nanoTime()).isEqualTo(before);
  }
}
