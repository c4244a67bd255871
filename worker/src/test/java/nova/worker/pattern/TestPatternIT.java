package nova.worker.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.framelog.pipe.PatternJob;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.testkit.Ffprobe;
import nova.worker.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program in a process of its own, and FFmpeg reading what it writes.
class TestPatternIT {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int FPS = 25;

  @TempDir private Path directory;

  @Test
  void streamOfThreeSeconds_isWhatItsJobSays_andShowsTheTimeOfEachPicture() throws Exception {
    long beforeMs = System.currentTimeMillis();
    Path flv = record(new PatternJob(WIDTH, HEIGHT, FPS), 3_200);
    long afterMs = System.currentTimeMillis();

    List<JsonNode> streams = Ffprobe.streams(flv.toString());
    assertThat(streams).hasSize(2);
    JsonNode video =
        streams.get(0).path("codec_type").asText().equals("video")
            ? streams.get(0)
            : streams.get(1);
    assertThat(video.path("codec_name").asText()).isEqualTo("h264");
    assertThat(video.path("profile").asText()).isEqualTo("High");
    assertThat(video.path("width").asInt()).isEqualTo(WIDTH);
    assertThat(video.path("height").asInt()).isEqualTo(HEIGHT);
    assertThat(video.path("color_space").asText()).isEqualTo("bt709");
    assertThat(video.path("color_range").asText()).isEqualTo("tv");
    assertThat(video.path("has_b_frames").asInt()).isZero();
    byte[] _ =
        Ffprobe.ffmpeg(Duration.ofSeconds(60), "-xerror", "-i", flv.toString(), "-f", "null", "-");

    List<Ffprobe.Packet> frames = packets(flv, "video");
    assertThat(frames).allMatch(frame -> frame.pts() == frame.dts());
    assertThat(frames.stream().filter(Ffprobe.Packet::key).map(Ffprobe.Packet::pts))
        .containsExactly(0L, 2_000L);
    List<Ffprobe.Packet> sounds = packets(flv, "audio");
    for (int i = 0; i < sounds.size(); i++) {
      assertThat(sounds.get(i).pts()).isEqualTo(Math.round(i * 1024 / 48.0));
    }
    assertThat(sounds.getLast().pts()).isCloseTo(frames.getLast().pts(), within(60L));

    List<Long> shown = codes(flv);
    assertThat(shown).hasSameSizeAs(frames).allMatch(ms -> ms > beforeMs && ms < afterMs);
    for (int i = 1; i < shown.size(); i++) {
      long streamMs = frames.get(i).pts() - frames.get(0).pts();
      assertThat(shown.get(i) - shown.get(0) - streamMs)
          .as("picture %d drawn late", i)
          .isBetween(-1_000L, 1_000L);
    }
  }

  @Test
  void readerThatPauses_missesPictures_andTimesStayTrue() throws Exception {
    PatternJob job = new PatternJob(WIDTH, HEIGHT, FPS);
    Process process = JavaProgram.start(TestPattern.class, job.toArguments());
    try (InputStream in = process.getInputStream()) {
      List<FlvTag> tags = new ArrayList<>();
      FlvTagReader reader = new FlvTagReader(1 << 22);
      byte[] buffer = new byte[1 << 13];
      long pausedUntilNs = 0;
      while (tags.isEmpty() || tags.getLast().timestampMs() < 6_000) {
        int count = in.read(buffer);
        assertThat(count).as("bytes before the end").isPositive();
        reader.read(ByteBuffer.wrap(buffer, 0, count), tags::add);
        if (pausedUntilNs == 0 && tags.size() > 20) {
          pausedUntilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
          while (System.nanoTime() < pausedUntilNs) {
            TimeUnit.NANOSECONDS.sleep(pausedUntilNs - System.nanoTime());
          }
        }
      }
      List<Long> pictures =
          tags.stream()
              .filter(FlvTag.FlvVideoTag.class::isInstance)
              .map(FlvTag::timestampMs)
              .distinct()
              .toList();

      assertThat(pictures).isSorted().hasSizeLessThan(6 * FPS - 10);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void readerThatLeaves_endsIt() throws Exception {
    Process process =
        JavaProgram.start(TestPattern.class, new PatternJob(320, 180, 30).toArguments());
    try {
      assertThat(process.getInputStream().readNBytes(1_000)).hasSize(1_000);
      process.getInputStream().close();

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void jobThatCannotBeDone_isRefusedInOneSentence() throws Exception {
    Process process = JavaProgram.start(TestPattern.class, List.of("1281x720", "30"));
    try {
      assertThat(
              new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip())
          .isEqualTo("width 1281 (expected: even, 64..4096 pixels)");
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Lets the program write until its timestamps pass `ms`, and drops the tag that is cut.
  private Path record(PatternJob job, long ms) throws Exception {
    Path flv = directory.resolve("pattern.flv");
    Process process = JavaProgram.start(TestPattern.class, job.toArguments());
    try (InputStream in = process.getInputStream();
        OutputStream out = Files.newOutputStream(flv)) {
      FlvTagReader reader = new FlvTagReader(1 << 22);
      long[] lastMs = {0};
      byte[] one = new byte[1];
      while (lastMs[0] < ms || !reader.isBetweenTags()) {
        int count = in.read(one, 0, 1);
        assertThat(count).as("bytes before the end").isEqualTo(1);
        out.write(one, 0, 1);
        reader.read(ByteBuffer.wrap(one), tag -> lastMs[0] = tag.timestampMs());
      }
    } finally {
      process.destroyForcibly();
    }
    return flv;
  }

  private static List<Ffprobe.Packet> packets(Path flv, String kind) {
    return Ffprobe.packets(flv.toString()).stream()
        .filter(packet -> packet.codecType().equals(kind))
        .toList();
  }

  /// The time that every picture shows when it is decoded, in a rendition of half the size.
  private static List<Long> codes(Path flv) {
    int width = 426;
    int height = 240;
    byte[] luma =
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60),
            "-i",
            flv.toString(),
            "-vf",
            "scale=%d:%d,format=gray".formatted(width, height),
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "-");
    List<Long> codes = new ArrayList<>();
    for (int at = 0; at < luma.length; at += width * height) {
      int first = at;
      codes.add(PatternCode.read(width, height, (x, y) -> luma[first + y * width + x] & 0xff));
    }
    return codes;
  }
}
