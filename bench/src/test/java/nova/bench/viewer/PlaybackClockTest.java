package nova.bench.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaybackClockTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void append_beforeTheBufferIsDry_isNoStall() {
    PlaybackClock clock = new PlaybackClock();
    clock.start(0, 1.0);
    clock.append(SECOND / 4, 0.5);
    clock.append(SECOND, 0.5);
    assertThat(clock.stalls()).isZero();
    assertThat(clock.leastBufferNanos()).isEqualTo(SECOND / 2);
  }

  @Test
  void append_afterTheBufferWasDry_isAStallOfThatLength() {
    PlaybackClock clock = new PlaybackClock();
    clock.start(0, 1.0);
    clock.append(3 * SECOND, 0.5);
    clock.append(3 * SECOND + SECOND / 4, 0.5);
    assertThat(clock.stalls()).isEqualTo(1);
    assertThat(clock.stalledNanos()).isEqualTo(2 * SECOND);
    assertThat(clock.leastBufferNanos()).isZero();
  }
}
