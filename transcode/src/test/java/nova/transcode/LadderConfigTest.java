package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import nova.core.Setting;
import org.junit.jupiter.api.Test;

class LadderConfigTest {
  @Test
  void settingThatMakesNoSense_isRefusedWithWhatWasExpected() {
    assertRefused(() -> new LadderConfig("some", "fast", 110), "expected: auto, all or none");
    assertRefused(() -> new LadderConfig("all", "slower", 110), "superfast, veryfast");
    assertRefused(() -> new LadderConfig("all", "fast", 99), "100..300");
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
    assertThat(documented("preset")).isEqualTo(defaults.preset());
    assertThat(documented("peakPercent")).isEqualTo(Integer.toString(defaults.peakPercent()));
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
