package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class EpochAllowanceTest {
  private final FakeClock clock = new FakeClock();
  private final EpochAllowance epochs = new EpochAllowance();

  @Test
  void aFewAtOnce_thenOnePerSegment() {
    assertThat(takeAll()).isEqualTo(5);
    clock.advanceMs(1_999);
    assertThat(takeAll()).isZero();
    clock.advanceMs(1);
    assertThat(takeAll()).isEqualTo(1);
    clock.advance(Duration.ofHours(1));
    assertThat(takeAll()).isEqualTo(5);
  }

  @Test
  void changesWithEveryFrame_forAnHour_makeNoMoreEpochsThanSegments() {
    int taken = 0;
    for (int ms = 0; ms < 3_600_000; ms += 40) {
      taken += epochs.take(clock.instant()) ? 1 : 0;
      clock.advanceMs(40);
    }
    assertThat(taken).isEqualTo(1_800 + 4);
  }

  @Test
  void wallClock_setBack_delaysByNoMoreThanOneSegment() {
    takeAll();
    clock.jumpWallClock(Duration.ofDays(-1));
    assertThat(takeAll()).isZero();
    clock.advance(EpochAllowance.EACH);
    assertThat(takeAll()).isEqualTo(1);
  }

  private int takeAll() {
    int taken = 0;
    while (epochs.take(clock.instant())) {
      taken++;
    }
    return taken;
  }
}
