package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nova.core.Bytes;
import org.junit.jupiter.api.Test;

class ClockSkewTest {
  private static final Instant NOON = Instant.ofEpochSecond(1_000);

  @Test
  void halfOfTheRoundTrip_isTakenOff() {
    ClockSkew skew = measured(Duration.ofMillis(200), "1003", "100000");

    assertThat(skew.ahead()).isEqualTo(Duration.ofSeconds(3));
    assertThat(skew.exceeds(Duration.ofMillis(2_899))).isTrue();
    assertThat(skew.exceeds(Duration.ofMillis(2_900))).as("may be just that far").isFalse();
  }

  @Test
  void clockThatIsBehind_isNegative() {
    ClockSkew skew = measured(Duration.ZERO, "998", "500000");

    assertThat(skew.ahead()).isEqualTo(Duration.ofMillis(-1_500));
    assertThat(skew.exceeds(Duration.ofSeconds(1))).isTrue();
  }

  private static ClockSkew measured(Duration roundTrip, String seconds, String micros) {
    return ClockSkew.of(NOON, roundTrip, List.of(Bytes.ofUtf8(seconds), Bytes.ofUtf8(micros)));
  }
}
