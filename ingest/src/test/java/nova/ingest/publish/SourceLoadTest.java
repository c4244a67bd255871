package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.ingest.chunk.RtmpLimits;
import nova.media.LimitExceededException;
import org.junit.jupiter.api.Test;

class SourceLoadTest {
  private static final long LIMIT_BYTES = 50_000_000 / 8;

  private final SourceLoad load = new SourceLoad(RtmpLimits.defaults());

  @Test
  void sourceAtTheLimits_goesOnForever() {
    for (int second = 0; second < 300; second++) {
      load.second(LIMIT_BYTES, 120);
    }
  }

  @Test
  void burstAfterAStall_passes() {
    for (int round = 0; round < 5; round++) {
      for (int second = 0; second < 9; second++) {
        load.second(0, 0);
      }
      load.second(10 * LIMIT_BYTES, 10 * 120);
    }
  }

  @Test
  void sourceAboveTheBitrate_isRefusedWithinTheWindow() {
    assertThatThrownBy(
            () -> {
              for (int second = 0; second < SourceLoad.WINDOW_SECONDS; second++) {
                load.second(LIMIT_BYTES * 11 / 10, 30);
              }
            })
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("source megabits per second 52 (expected: <= 50)");
  }

  @Test
  void sourceAboveTheFrameRate_isRefusedWithinTheWindow() {
    assertThatThrownBy(
            () -> {
              for (int second = 0; second < SourceLoad.WINDOW_SECONDS; second++) {
                load.second(1_000, 144);
              }
            })
        .isInstanceOf(LimitExceededException.class)
        .hasMessageStartingWith("source frame rate ")
        .hasMessageEndingWith("(expected: <= 120)");
  }

  @Test
  void whatLeftTheWindow_isForgotten() {
    for (int minute = 0; minute < 10; minute++) {
      load.second(LIMIT_BYTES * SourceLoad.WINDOW_SECONDS, 0);
      for (int second = 1; second < SourceLoad.WINDOW_SECONDS; second++) {
        load.second(0, 0);
      }
    }
  }
}
