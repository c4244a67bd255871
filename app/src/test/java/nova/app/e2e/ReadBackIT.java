package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What went in over RTMP comes out over HLS, as an independent reader sees it.
@Tag("cluster")
class ReadBackIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void ffmpegPublishes720p_ffprobeReadsTheSameBack() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "1280x720", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      nova.await(
          "/hls/" + nova.channel() + "/index.m3u8", body -> body.contains("#EXT-X-STREAM-INF"));
      JsonNode streams =
          ffprobe(nova.web("/hls/" + nova.channel() + "/index.m3u8").toString(), "-show_streams")
              .get("streams");
      JsonNode video = stream(streams, "video");
      JsonNode audio = stream(streams, "audio");

      assertThat(video.get("codec_name").asText()).isEqualTo("h264");
      assertThat(video.get("width").asInt()).isEqualTo(1280);
      assertThat(video.get("height").asInt()).isEqualTo(720);
      assertThat(video.get("avg_frame_rate").asText()).isIn("30/1", "30000/1001");
      assertThat(audio.get("codec_name").asText()).isEqualTo("aac");
      assertThat(audio.get("sample_rate").asText()).isEqualTo("48000");
      assertThat(audio.get("channels").asInt()).isEqualTo(2);

      for (String kind : List.of("v:0", "a:0")) {
        List<Double> times = new ArrayList<>();
        ffprobe(
                nova.web("/hls/" + nova.channel() + "/index.m3u8").toString(),
                "-select_streams",
                kind,
                "-read_intervals",
                "%+6",
                "-show_entries",
                "packet=dts_time")
            .get("packets")
            .forEach(packet -> times.add(packet.get("dts_time").asDouble()));
        assertThat(times).as("packets of %s", kind).hasSizeGreaterThan(100);
        for (int i = 1; i < times.size(); i++) {
          assertThat(times.get(i)).as("dts %d of %s", i, kind).isGreaterThan(times.get(i - 1));
        }
        double mean = (times.getLast() - times.getFirst()) / (times.size() - 1);
        assertThat(mean).isCloseTo(kind.startsWith("v") ? 1 / 30.0 : 1024 / 48000.0, within(0.001));
      }
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @OneProcess("what GStreamer sends is read by the same code wherever it runs")
  @ParameterizedTest
  @ValueSource(strings = {"rtmpsink", "rtmp2sink"})
  void gstreamerPublishes_ffprobeReadsTheSameBack(String sink) throws Exception {
    try (RunningNova nova = RunningNova.start(directory)) {
      String location = nova.publishUrl();
      Process gstreamer =
          new ProcessBuilder(
                  List.of(
                      "gst-launch-1.0",
                      "-q",
                      "flvmux",
                      "name=mux",
                      "streamable=true",
                      "!",
                      sink,
                      "location=" + location,
                      "videotestsrc",
                      "is-live=true",
                      "!",
                      "video/x-raw,format=I420,width=320,height=180,framerate=25/1",
                      "!",
                      "x264enc",
                      "tune=zerolatency",
                      "key-int-max=50",
                      "bitrate=300",
                      "!",
                      "mux.",
                      "audiotestsrc",
                      "is-live=true",
                      "!",
                      "voaacenc",
                      "!",
                      "mux."))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        nova.await(
            "/hls/" + nova.channel() + "/index.m3u8", body -> body.contains("#EXT-X-STREAM-INF"));
        JsonNode streams =
            ffprobe(nova.web("/hls/" + nova.channel() + "/index.m3u8").toString(), "-show_streams")
                .get("streams");

        assertThat(stream(streams, "video").get("height").asInt()).isEqualTo(180);
        assertThat(stream(streams, "audio").get("codec_name").asText()).isEqualTo("aac");
      } finally {
        gstreamer.destroyForcibly();
      }
    }
  }

  private static JsonNode stream(JsonNode streams, String kind) {
    for (JsonNode stream : streams) {
      if (stream.get("codec_type").asText().equals(kind)) {
        return stream;
      }
    }
    throw new AssertionError("no " + kind + " stream in " + streams);
  }

  private static JsonNode ffprobe(String url, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ffprobe", "-v", "error", "-of", "json"));
    command.addAll(List.of(arguments));
    command.add(url);
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(
            "ffprobe: %s",
            new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
    return JSON.readTree(output);
  }
}
