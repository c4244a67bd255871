package nova.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import nova.core.Timescale;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  @Test
  void seconds_are_the_exact_quotient_rounded_to_five_decimals() {
    Seeds.each(
        1_000,
        random -> {
          Timescale timescale = new Timescale(1 + random.nextInt(200_000));
          long ticks = random.nextLong(1L << random.nextInt(1, 50));
          StringBuilder text = new StringBuilder();
          Decimals.appendSeconds(text, ticks, timescale);
          assertThat(text.toString())
              .isEqualTo(
                  BigDecimal.valueOf(ticks)
                      .divide(
                          BigDecimal.valueOf(timescale.ticksPerSecond()), 5, RoundingMode.HALF_UP)
                      .toPlainString());
        });
  }

  @Test
  void configured_durations_have_three_to_five_decimals() {
    assertThat(seconds(Duration.ofSeconds(12))).isEqualTo("12.000");
    assertThat(seconds(Duration.ofMillis(1_002))).isEqualTo("1.002");
    assertThat(seconds(Duration.ofNanos(333_333_333))).isEqualTo("0.33333");
    assertThat(seconds(Duration.ofNanos(333_300_000))).isEqualTo("0.3333");
  }

  private static String seconds(Duration duration) {
    StringBuilder text = new StringBuilder();
    Decimals.appendSeconds(text, duration);
    return text.toString();
  }
}
