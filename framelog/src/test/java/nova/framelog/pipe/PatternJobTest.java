package nova.framelog.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternJobTest {
  @Test
  void job_asArgumentsAndBack_isTheSame() {
    PatternJob job = PatternJob.of("1920x1080", 60);

    assertThat(job).isEqualTo(new PatternJob(1920, 1080, 60));
    assertThat(PatternJob.ofArguments(job.toArguments())).isEqualTo(job);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1281x720|30|width 1281 (expected: even, 64..4096 pixels)",
        "1280x62|30|height 62 (expected: even, 64..4096 pixels)",
        "4098x720|30|width 4098 (expected: even, 64..4096 pixels)",
        "big|30|size 'big' (expected: WIDTHxHEIGHT in pixels, such as 1280x720)",
        "-1x720|30|size '-1x720' (expected: WIDTHxHEIGHT in pixels, such as 1280x720)",
        "1280x720|0|frame rate 0 (expected: 1..120 frames per second)",
        "1280x720|121|frame rate 121 (expected: 1..120 frames per second)",
      })
  void whatCannotBeDrawn_isRefusedInOneSentence(String size, int rate, String sentence) {
    assertThatThrownBy(() -> PatternJob.of(size, rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void argumentsOfAnotherShape_areRefused() {
    assertThatThrownBy(() -> PatternJob.ofArguments(List.of("1280x720")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a size and a frame rate");
    assertThatThrownBy(() -> PatternJob.ofArguments(List.of("1280x720", "many")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frame rate 'many' (expected: a number)");
  }
}
