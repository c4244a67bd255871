package nova.app.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import nova.app.process.RunningNova;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a stream shows can be seen before it is played.
@Tag("cluster")
class PosterIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void broadcast_hasAPosterOfItsPicture_onThePagesAndInTheApi() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "1920x1080", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Chromium chromium = new Chromium();
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      String playback =
          nova.await(
              "/api/v1/channels/" + nova.channel() + "/playback",
              body -> body.contains("poster.jpg"));
      JsonNode known = JSON.readTree(playback);
      String path = known.get("poster").asText();
      assertThat(nova.web(path).getPath())
          .isEqualTo("/media/%s/poster.jpg".formatted(known.get("stream").asText()));

      HttpResponse<byte[]> poster = get(nova, path);
      assertThat(poster.headers().firstValue("content-type")).contains("image/jpeg");
      BufferedImage shown = requireNonNull(ImageIO.read(new ByteArrayInputStream(poster.body())));
      assertThat(List.of(shown.getWidth(), shown.getHeight())).containsExactly(1280, 720);
      assertThat(smallestDifference(shown, keyframes(clip)))
          .as("mean difference of 0..255 to the keyframe that is most like it")
          .isLessThan(5);

      Page home = chromium.open(nova.web("/").toString(), 1280, 800);
      home.waitForSelector(".card-poster"); // visible once it is loaded
      assertThat(home.evaluate("document.querySelector('.card-poster').naturalWidth"))
          .isEqualTo(1280);
      assertThat(home.getAttribute(".card-poster", "alt"))
          .isEqualTo("What %s shows now".formatted(nova.channel()));
      Page watch =
          chromium.open(nova.web("/watch/" + nova.channel() + "?autoplay=0").toString(), 1280, 800);
      watch.waitForSelector("#player[data-poster=true]");
      assertThat(watch.getAttribute("video", "poster")).contains("/poster.jpg?t=");
      watch.click("#big-play");
      watch.waitForSelector("#player[data-poster=false]");
      assertThat(watch.getAttribute("video", "poster"))
          .as("what a player that starts over would show")
          .isNull();

      nova.await(
          "/api/v1/channels/" + nova.channel() + "/playback",
          body -> body.contains("poster.jpg") && !body.contains(path)); // there is a newer one
      assertThat(nova.metrics()).contains("nova_posters_taken_seconds_count");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void workerOfPostersThatIsKilled_isReplaced_andTheStreamGoesOn() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 30, 10);
    try (RunningNova nova = RunningNova.start(directory);
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      String first =
          nova.await(
              "/api/v1/channels/" + nova.channel() + "/playback",
              body -> body.contains("poster.jpg"));
      String path = JSON.readTree(first).get("poster").asText();
      ProcessHandle worker =
          nova.workers("nova.worker.poster.PosterWorker").findFirst().orElseThrow();
      assertThat(worker.destroyForcibly()).isTrue();

      nova.await(
          "/api/v1/channels/" + nova.channel() + "/playback",
          body -> body.contains("poster.jpg") && !body.contains(path));
      assertThat(nova.workers("nova.worker.poster.PosterWorker")).hasSize(1).doesNotContain(worker);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static HttpResponse<byte[]> get(RunningNova nova, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(nova.web(path)).build(), BodyHandlers.ofByteArray());
    }
  }

  private List<BufferedImage> keyframes(Path clip) throws IOException {
    Path folder = Files.createDirectory(directory.resolve("keyframes"));
    byte[] _ =
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60),
            "-skip_frame",
            "nokey",
            "-i",
            clip.toString(),
            "-fps_mode",
            "passthrough",
            "-vf",
            "scale=1280:720:in_color_matrix=bt709,format=rgb24",
            folder.resolve("%d.png").toString());
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(PosterIT::read).toList();
    }
  }

  private static BufferedImage read(Path file) {
    try {
      return requireNonNull(ImageIO.read(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double smallestDifference(BufferedImage shown, List<BufferedImage> others) {
    return others.stream().mapToDouble(other -> difference(shown, other)).min().orElseThrow();
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
