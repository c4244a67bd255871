package nova.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void percentile_ofHundredSamples_isTheSampleOfThatRank() {
    Samples samples = new Samples(0);
    for (int i = 100; i >= 1; i--) {
      samples.add(i);
    }
    assertThat(samples.percentile(50)).isEqualTo(50);
    assertThat(samples.percentile(99)).isEqualTo(99);
    assertThat(samples.percentile(100)).isEqualTo(100);
    samples.add(1000);
    assertThat(samples.percentile(100)).isEqualTo(1000);
  }

  @Test
  void percentile_withoutSamples_saysThatNothingWasMeasured() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new Samples(5).percentile(50))
        .withMessageContaining("nothing was measured");
  }
}
