package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BitrateMeterTest {
  private final BitrateMeter meter = new BitrateMeter(4);

  @Test
  void average_isAllBytesOverAllTime() {
    meter.add(2, 250_000);
    meter.add(2, 750_000);

    assertThat(meter.averageBps()).isEqualTo(2_000_000);
  }

  @Test
  void peak_isTheHighestRunOfHalfATargetDurationOrMore() {
    meter.add(4, 500_000);
    meter.add(2, 500_000);
    meter.add(4, 500_000);

    assertThat(meter.peakBps()).isEqualTo(2_000_000);
  }

  @Test
  void shortSegment_isNoPeakByItself() {
    meter.add(4, 500_000);
    meter.add(0.2, 100_000);

    assertThat(meter.peakBps()).isEqualTo((long) Math.ceil(600_000 * 8 / 4.2));
  }

  @Test
  void nothingYet_isZero() {
    assertThat(meter.peakBps()).isZero();
    assertThat(meter.averageBps()).isZero();
  }
}
