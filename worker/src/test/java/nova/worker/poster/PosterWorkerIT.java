package nova.worker.poster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.testkit.Ffprobe;
import nova.worker.SourceClip;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A poster worker gets keyframes that real encoders made; Java's own reader and FFmpeg say what
/// the posters show.
class PosterWorkerIT {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final Duration ENCODING = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Process process;
  private WorkerMessageWriter stdin;
  private WorkerMessageReader stdout;

  @BeforeEach
  void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PosterWorker.class.getName())
            .redirectError(Redirect.INHERIT)
            .start();
    stdin = new WorkerMessageWriter(process.getOutputStream());
    stdout = new WorkerMessageReader(new BufferedInputStream(process.getInputStream()));
    assertThat(stdout.next()).isInstanceOf(Ready.class);
  }

  @AfterEach
  void kill() {
    Process _ = process.destroyForcibly();
  }

  static Stream<Arguments> sources() {
    return Stream.of(
        source("1080p", "1920x1080", 1280, 720, "yuv420p", "bt709"),
        source("1080p that names its matrix", "1920x1080", 1280, 720, "yuv420p", "bt709", "named"),
        source("720 lines", "1280x720", 1280, 720, "yuv420p", "bt709"),
        source("small", "320x180", 320, 180, "yuv420p", "bt601"),
        source("small that names its matrix", "320x180", 320, 180, "yuv420p", "bt709", "named"),
        source("full range", "640x360", 640, 360, "yuvj420p", "bt601"),
        source("portrait", "720x1280", 406, 720, "yuv420p", "bt709"),
        source("not a multiple of 16", "502x282", 502, 282, "yuv420p", "bt601"));
  }

  /// @param matrix in which the picture is seen, whether it names it or not
  private static Arguments source(
      String name,
      String size,
      int width,
      int height,
      String pixels,
      String matrix,
      String... named) {
    List<String> options = new ArrayList<>(List.of("-pix_fmt", pixels));
    if (named.length > 0) {
      options.addAll(List.of("-colorspace", matrix));
      options.addAll(List.of("-color_primaries", matrix, "-color_trc", matrix));
    }
    return Arguments.of(name, size, width, height, matrix, options);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sources")
  void keyframe_isAPosterOfItsPicture(
      String name, String size, int width, int height, String matrix, List<String> options)
      throws Exception {
    SourceClip clip = SourceClip.encode(directory, size, 25, 1, options.toArray(String[]::new));

    Poster poster = posterOf(clip, 0);

    BufferedImage shown = ImageIO.read(new ByteArrayInputStream(poster.jpeg().toByteArray()));
    assertThat(List.of(shown.getWidth(), shown.getHeight())).containsExactly(width, height);
    Path file = Files.write(directory.resolve("poster.jpg"), poster.jpeg().toByteArray());
    assertThat(Ffprobe.streams(file.toString()).getFirst().path("pix_fmt").asText())
        .isEqualTo("yuvj420p");
    assertThat(difference(shown, reference(size, width, height, matrix)))
        .as("mean difference of 0..255 per colour")
        .isLessThan(4);
  }

  @Test
  void anamorphicKeyframe_isShownInSquarePixels() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "720x480", 25, 1, "-vf", "setsar=32/27");

    BufferedImage shown =
        ImageIO.read(new ByteArrayInputStream(posterOf(clip, 0).jpeg().toByteArray()));

    assertThat(List.of(shown.getWidth(), shown.getHeight())).containsExactly(854, 480);
  }

  @Test
  void noise_isStillASmallFile() throws Exception {
    SourceClip clip =
        SourceClip.encode(
            directory, "1280x720", 25, 1, "-vf", "noise=alls=100:allf=t", "-crf", "10");

    assertThat(posterOf(clip, 0).jpeg().length()).isBetween(1_000, 500_000);
  }

  @Test
  void frameThatIsNone_hasAnEmptyPoster_andTheNextIsWhole() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "320x180", 25, 1, "-bf", "0");
    Bytes payload = clip.frames().getFirst().payload();
    byte[] noise = new byte[4_000];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) (i * 31);
    }
    List<Bytes> damaged =
        List.of(Bytes.EMPTY, Bytes.wrap(noise), payload.slice(0, 3), Bytes.ofHex("ffffffff65"));

    for (Bytes bad : damaged) {
      assertThat(poster(new PosterFrame(OTHER, clip.format(), bad)))
          .isEqualTo(new Poster(OTHER, Bytes.EMPTY));
    }

    assertThat(posterOf(clip, 0).jpeg().length()).isGreaterThan(1_000);
  }

  @Test
  void streamsThatTakeTurns_eachHaveTheirOwnPicture() throws Exception {
    SourceClip small = SourceClip.encode(directory, "320x180", 25, 1);
    SourceClip large = SourceClip.encode(directory, "640x360", 25, 1);
    Poster first = posterOf(small, 0);

    assertThat(posterOf(large, 0).jpeg()).isNotEqualTo(first.jpeg());
    assertThat(posterOf(small, 0)).isEqualTo(first);
  }

  @Test
  void serverThatGoesAway_endsTheWorker() throws Exception {
    process.getOutputStream().close();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private Poster posterOf(SourceClip clip, int frame) throws IOException {
    return poster(new PosterFrame(STREAM, clip.format(), clip.frames().get(frame).payload()));
  }

  private Poster poster(PosterFrame frame) throws IOException {
    stdin.send(frame);
    WorkerMessage answer = stdout.next();
    if (answer instanceof Poster poster) {
      return poster;
    }
    throw new AssertionError("the worker said " + answer + " (expected: a poster)");
  }

  /// The first picture of the clip as FFmpeg's program shows it.
  private BufferedImage reference(String size, int width, int height, String matrix)
      throws IOException {
    Path png = directory.resolve("reference.png");
    byte[] _ =
        Ffprobe.ffmpeg(
            ENCODING,
            "-y",
            "-i",
            directory.resolve("source-%s-25.flv".formatted(size)).toString(),
            "-frames:v",
            "1",
            "-vf",
            "scale=%d:%d:in_color_matrix=%s,format=rgb24".formatted(width, height, matrix),
            png.toString());
    return requireNonNull(ImageIO.read(png.toFile()));
  }

  private static double difference(BufferedImage a, BufferedImage b) {
    long sum = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs((a.getRGB(x, y) >> shift & 0xff) - (b.getRGB(x, y) >> shift & 0xff));
        }
      }
    }
    return sum / (3.0 * a.getWidth() * a.getHeight());
  }
}
