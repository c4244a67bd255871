package nova.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimescaleTest {
  private static final Timescale CD = new Timescale(44_100);

  @Test
  void rescale_anyTimesAndRoundings_agreesWithBigDecimal() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_000; i++) {
      Timescale from = new Timescale(random.nextInt(1, 200_000));
      Timescale to = new Timescale(random.nextInt(1, 200_000));
      long ticks = random.nextLong(-1L << 44, 1L << 44);
      for (RoundingMode rounding :
          new RoundingMode[] {
            RoundingMode.FLOOR,
            RoundingMode.CEILING,
            RoundingMode.DOWN,
            RoundingMode.UP,
            RoundingMode.HALF_EVEN
          }) {
        long expected =
            BigDecimal.valueOf(ticks)
                .multiply(BigDecimal.valueOf(to.ticksPerSecond()))
                .divide(BigDecimal.valueOf(from.ticksPerSecond()), 0, rounding)
                .longValueExact();
        assertThat(from.rescale(ticks, to, rounding))
            .as("%d from %s to %s, %s", ticks, from, to, rounding)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void rescale_unnecessaryRoundingOfAnInexactTime_throws() {
    assertThat(Timescale.MILLIS.rescale(21, Timescale.VIDEO, RoundingMode.UNNECESSARY))
        .isEqualTo(1890);
    assertThatThrownBy(() -> CD.toMs(1024, RoundingMode.UNNECESSARY))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void toDuration_negativeAndOddTicks_areExactToTheNanosecond() {
    assertThat(CD.toDuration(1024)).isEqualTo(Duration.ofNanos(23_219_954));
    assertThat(Timescale.VIDEO.toDuration(-90_000)).isEqualTo(Duration.ofSeconds(-1));
    assertThat(Timescale.VIDEO.fromDuration(Duration.ofMillis(334), RoundingMode.FLOOR))
        .isEqualTo(30_060);
  }

  @Test
  void constructor_zeroTicks_saysWhatIsExpected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Timescale(0))
        .withMessageContaining("expected: > 0");
  }
}
