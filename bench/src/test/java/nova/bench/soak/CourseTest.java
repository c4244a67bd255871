package nova.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CourseTest {
  private static final double MINUTES = 60;

  @Test
  void rise_ofCollectedMemory_isNothing() {
    // 48 MiB come together within two minutes, and then they are collected.
    assertThat(course(minute -> 200 + 24 * (minute % 2)).grown()).isEmpty();
  }

  @Test
  void rise_ofHundredBytesForEachOfTwoStreamsPictures_isGrowth() {
    double mibPerMinute = 2 * 30 * 60 * 100 / 1048576.0;
    Course course = course(minute -> 80 + mibPerMinute * minute);
    assertThat(course.rise(Quantity.LADDER_MIB))
        .isCloseTo(mibPerMinute * 35, within(0.1)); // from window to window: 7 of 5 minutes
    assertThat(course.grown()).contains(Quantity.LADDER_MIB, Quantity.POSTER_MIB);
  }

  @Test
  void rise_whileItWarmsUp_doesNotCount() {
    Course course = course(minute -> 10 * Math.min(minute, 20));
    assertThat(course.rise(Quantity.SERVER_MIB)).isEqualTo(0);
  }

  @Test
  void rise_ofAThreadNowAndThenThatStays_isGrowth() {
    assertThat(course(minute -> 14 + Math.floor(minute / 15)).grown())
        .contains(Quantity.LADDER_THREADS, Quantity.LADDER_FILES);
  }

  @Test
  void rise_withAWindowThatHasNoSample_isRefused() {
    Course course = new Course(MINUTES);
    course.add(59, Map.of(Quantity.SERVER_MIB, 1.0));
    assertThatIllegalStateException()
        .isThrownBy(() -> course.rise(Quantity.SERVER_MIB))
        .withMessageContaining("not sampled in every window");
  }

  @Test
  void table_tellsWindowsRisesAndBounds() {
    assertThat(course(minute -> 100 + minute).table())
        .anyMatch(line -> line.matches("0-5 \\* +100 .*"))
        .anyMatch(line -> line.matches("55-60 +155 .*"))
        .anyMatch(line -> line.matches("rise +\\+35\\.0 .*"))
        .anyMatch(line -> line.matches("at most +16\\.0 .*"));
  }

  /// Sampled four times a minute, all quantities alike.
  private static Course course(DoubleUnaryOperator value) {
    Course course = new Course(MINUTES);
    for (double minute = 0; minute < MINUTES; minute += 0.25) {
      Map<Quantity, Double> found = new EnumMap<>(Quantity.class);
      for (Quantity quantity : Quantity.values()) {
        found.put(quantity, value.applyAsDouble(minute));
      }
      course.add(minute, found);
    }
    return course;
  }
}
