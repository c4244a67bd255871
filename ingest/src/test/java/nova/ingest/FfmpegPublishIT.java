package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamStarted;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import org.junit.jupiter.api.Test;

/// A real FFmpeg publishes.
class FfmpegPublishIT {
  @Test
  void ffmpeg_publishes_andItsFramesAreInTheLog() throws Exception {
    try (TestServer server = TestServer.start()) {
      Run run =
          ffmpeg(
              "-f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=sample_rate=48000 -t 4"
                  + " -c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a aac -f flv rtmp://127.0.0.1:"
                  + server.port()
                  + "/live/secret?x=1");
      assertThat(run.exit).as(run.output).isZero();
      StreamStarted started = server.await(StreamStarted.class);
      assertThat(started.encoder()).contains("Lavf");
      EpochBegan epoch = server.await(EpochBegan.class);
      assertThat(epoch.tracks())
          .anyMatch(t -> t instanceof TrackDescription.Video v && v.width() == 640)
          .anyMatch(t -> t instanceof TrackDescription.Audio a && a.sampleRate() == 48_000);
      server.await(StreamEnded.class);
      List<MediaFrame> frames =
          server.readToEnd(started.stream()).stream()
              .filter(LoggedFrame.class::isInstance)
              .map(e -> ((LoggedFrame) e).frame())
              .toList();
      List<MediaFrame> video =
          frames.stream().filter(f -> f.track().equals(TrackId.VIDEO)).toList();
      assertThat(video).hasSize(100);
      for (int i = 0; i < video.size(); i++) {
        assertThat(video.get(i).dts()).isEqualTo(i * 3_600L);
        assertThat(video.get(i).keyframe()).isEqualTo(i % 50 == 0);
      }
      assertThat(frames.stream().filter(f -> f.track().equals(TrackId.AUDIO)).count())
          .isBetween(187L, 190L);
      assertThat(server.drops).isEmpty();
    }
  }

  @Test
  void wrongKey_isToldToTheUser() throws Exception {
    try (TestServer server = TestServer.start()) {
      Run run =
          ffmpeg(
              "-f lavfi -i sine -t 2 -c:a aac -f flv rtmp://127.0.0.1:"
                  + server.port()
                  + "/live/wrong");
      assertThat(run.exit).isNotZero();
      assertThat(run.output).contains("The stream key is not known.");
    }
  }

  private record Run(int exit, String output) {}

  private static Run ffmpeg(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ffmpeg", "-hide_banner", "-nostdin"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Run(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
