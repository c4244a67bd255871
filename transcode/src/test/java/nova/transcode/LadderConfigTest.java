package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import nova.core.Setting;
import org.junit.jupiter.api.Test;

class LadderConfigTest {
  private static LadderConfig of(String policy, String preset, int peak, String... rungs) {
    return new LadderConfig(policy, List.of(rungs), preset, peak, 720);
  }

  @Test
  void rungs_areSteps_ofWhichTheLargeOnesHaveTheFullFrameRate() {
    assertThat(of("all", "fast", 110, "480p:1500k", " 1080p:5000k", "720p:3000k").steps())
        .containsExactly(
            new LadderStep(480, 1_500_000, 30),
            new LadderStep(1080, 5_000_000, 60),
            new LadderStep(720, 3_000_000, 60));
  }

  @Test
  void settingThatMakesNoSense_isRefusedWithWhatWasExpected() {
    assertRefused(() -> of("some", "fast", 110, "480p:1500k"), "expected: auto, all or none");
    assertRefused(() -> of("all", "slower", 110, "480p:1500k"), "superfast, veryfast");
    assertRefused(() -> of("all", "fast", 99, "480p:1500k"), "100..300");
    assertRefused(() -> of("all", "fast", 110), "expected: 1..8");
    assertRefused(() -> of("all", "fast", 110, "480p"), "such as 720p:3000k");
    assertRefused(() -> of("all", "fast", 110, "48p:1500k"), "90..4320");
    assertRefused(() -> of("all", "fast", 110, "480p:1k"), "50..100000");
    assertRefused(() -> of("all", "fast", 110, "480p:900k", "480p:800k"), "each number of lines");
  }

  private static void assertRefused(Runnable making, String sentence) {
    assertThatThrownBy(making::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void defaults_areTheDocumentedOnes() {
    LadderConfig defaults = LadderConfig.defaults();
    assertThat(documented("policy")).isEqualTo(defaults.policy());
    assertThat(documented("rungs")).isEqualTo(String.join(", ", defaults.rungs()));
    assertThat(documented("preset")).isEqualTo(defaults.preset());
    assertThat(documented("peakPercent")).isEqualTo(Integer.toString(defaults.peakPercent()));
    assertThat(documented("fullRateLines")).isEqualTo(Integer.toString(defaults.fullRateLines()));
  }

  private static String documented(String component) {
    return Arrays.stream(LadderConfig.class.getRecordComponents())
        .filter(c -> c.getName().equals(component))
        .map(c -> setting(c).byDefault())
        .findFirst()
        .orElseThrow();
  }

  private static Setting setting(RecordComponent component) {
    return component.getAnnotation(Setting.class);
  }
}
