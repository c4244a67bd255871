package nova.framelog;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import nova.core.Timescale;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class MediaTimeTest {
  @Test
  void timesOfDifferentTracks_compareExactly() {
    Seeds.each(
        2_000,
        random -> {
          Timescale a = new Timescale(1 + random.nextInt(Integer.MAX_VALUE));
          Timescale b = new Timescale(1 + random.nextInt(200_000));
          long x = random.nextLong() >> random.nextInt(60);
          long y = b.ticksPerSecond() * (x / a.ticksPerSecond()) + random.nextInt(3) - 1;

          int exact = product(x, b).compareTo(product(y, a));

          assertThat(new MediaTime(x, a).compareTo(new MediaTime(y, b))).isEqualTo(exact);
        });
  }

  private static BigInteger product(long ticks, Timescale timescale) {
    return BigInteger.valueOf(ticks).multiply(BigInteger.valueOf(timescale.ticksPerSecond()));
  }
}
