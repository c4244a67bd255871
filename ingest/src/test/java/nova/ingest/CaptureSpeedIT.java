package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import nova.media.MediaFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bytes of real encoders become the same log at the speed at which they were recorded, at full
/// speed and one by one.
class CaptureSpeedIT {
  @Test
  void captures_atNormalSpeed_becomeTheSameLogAsAtFullSpeed() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Replay> replays = new ArrayList<>();
      for (Capture capture : Capture.values()) {
        replays.add(
            new Replay(capture, threads.submit(() -> CaptureReplay.framesAtNormalSpeed(capture))));
      }
      for (Replay replay : replays) {
        assertThat(replay.frames.get(90, TimeUnit.SECONDS))
            .as(replay.capture.name())
            .isEqualTo(CaptureReplay.frames(replay.capture, left -> left));
      }
    }
  }

  private record Replay(Capture capture, Future<List<MediaFrame>> frames) {}

  @ParameterizedTest
  @EnumSource(Capture.class)
  void capture_inSingleBytes_becomesTheSameLog(Capture capture) throws Exception {
    assertThat(CaptureReplay.frames(capture, left -> 1))
        .isEqualTo(CaptureReplay.frames(capture, left -> left));
  }
}
