package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameRateMeterTest {
  @Test
  void rate_isUnknown_beforeThereIsEnoughToTell2997From30() {
    FrameRateMeter meter = new FrameRateMeter(0);
    meter.add(10, 0.334);

    assertThat(meter.rate()).isZero();
  }

  @Test
  void measuredRate_snapsToTheUsualOne() {
    assertThat(rate(0, 60, 2.0005)).isEqualTo(30);
    assertThat(rate(0, 60, 2.002)).isEqualTo(29.97);
    assertThat(rate(0, 48, 2.002)).isEqualTo(23.976);
    assertThat(rate(0, 120, 1.9999)).isEqualTo(60);
  }

  @Test
  void unusualRate_isToldAsMeasured() {
    assertThat(rate(0, 37, 2)).isEqualTo(18.5);
  }

  @Test
  void declaredRate_isBelieved_whenTheFramesAgree() {
    assertThat(rate(29.97, 60, 2.0)).isEqualTo(29.97);
    assertThat(rate(60, 60, 2.0)).isEqualTo(30);
  }

  @Test
  void knownRate_doesNotWaver_butFollowsARealChange() {
    FrameRateMeter meter = new FrameRateMeter(0);
    meter.add(60, 2.0);
    assertThat(meter.rate()).isEqualTo(30);
    meter.add(60, 2.01);
    assertThat(meter.rate()).isEqualTo(30);
    meter.add(6_000, 100);
    assertThat(meter.rate()).isGreaterThan(50);
  }

  private static double rate(double declared, int frames, double seconds) {
    FrameRateMeter meter = new FrameRateMeter(declared);
    meter.add(frames, seconds);
    return meter.rate();
  }
}
