package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import nova.app.process.TestServices;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka is away for longer than ingest can keep what it gets.
class KafkaAwayIT {
  private static final String KEY = "a-secret-key-for-tests";
  private static final String OTHER_KEY = "another-key-for-tests";
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  private static final Duration FOLLOWED = Duration.ofSeconds(6);

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void broadcastBeyondTheCap_endsWithTheReason_newOnesAreRefused_andItGoesOnAfterwards()
      throws Exception {
    Path clip = Ffmpeg.clip(folder, "clip.flv", "320x180", 60, 10);
    Map<String, String> settings =
        Map.of(
            "NOVA_STREAM_KEYS", "live=" + KEY + ",other=" + OTHER_KEY,
            "NOVA_RTMP_GRACE", "5m",
            "NOVA_KAFKA_IN_FLIGHT", "2MiB",
            "NOVA_KAFKA_IN_FLIGHT_PER_STREAM", "1MiB");
    try (LocalCluster services =
        TestServices.start(
            folder.resolve("services"), new LocalCluster.Plan(1, 1, 1, 0, 0), settings)) {
      ServiceProcess ingest = services.of("ingest").getFirst();
      ServiceProcess delivery = services.of("delivery").getFirst();
      PublishTarget target = PublishTarget.parse(ingest.address("rtmp") + "/" + KEY);
      CompletableFuture<Void> broadcast = publish(clip, target);
      URI rendition = awaitRendition(delivery);

      services.kafka().stop();

      assertThatThrownBy(() -> broadcast.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .rootCause()
          .hasMessageContaining(
              "The server cannot store what you send as quickly as it comes; try again in a"
                  + " moment.");
      PublishTarget other = PublishTarget.parse(ingest.address("rtmp") + "/" + OTHER_KEY);
      for (PublishTarget one : List.of(target, other)) {
        assertThatThrownBy(() -> RtmpPublisher.connect(one).close())
            .isInstanceOf(IOException.class)
            .hasMessageContaining("The server cannot store broadcasts now; try again in a moment.");
      }
      URI health = web(ingest, "/health/ready");
      await().atMost(PATIENCE).until(() -> get(health).statusCode() == 503);
      assertThat(get(health).body()).contains("{\"name\":\"kafka\",\"status\":\"DOWN\"}");

      services.kafka().startAgain();
      await().atMost(PATIENCE).until(() -> get(health).statusCode() == 200);

      CompletableFuture<Void> again = publish(clip, target);
      await()
          .atMost(PATIENCE)
          .until(() -> again.isDone() || get(rendition).body().contains("#EXT-X-DISCONTINUITY\n"));
      PlaylistFollower player = new PlaylistFollower(http, rendition, FOLLOWED).call();
      assertThat(again).isNotDone();
      assertThat(player.complete()).isNotEmpty();
      assertThat(player.hintsKept()).as("parts that came as hinted").isPositive();
    }
  }

  /// Publishes until the server ends it, which is told, or the services end.
  private static CompletableFuture<Void> publish(Path clip, PublishTarget target) {
    return CompletableFuture.runAsync(
        () -> {
          try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
            new Broadcast(
                    () -> Files.newInputStream(clip), true, Duration.ofDays(1), System::nanoTime)
                .run(publisher);
          } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        Thread::startVirtualThread);
  }

  /// The first rendition, once it is there with media in it.
  private URI awaitRendition(ServiceProcess delivery) {
    URI multivariant = web(delivery, "/hls/live/index.m3u8");
    URI rendition =
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    get(multivariant)
                        .body()
                        .lines()
                        .filter(line -> line.endsWith(".m3u8"))
                        .findFirst()
                        .map(multivariant::resolve),
                Optional::isPresent)
            .orElseThrow();
    await().atMost(PATIENCE).until(() -> get(rendition).body().contains("#EXTINF"));
    return rendition;
  }

  private static URI web(ServiceProcess service, String path) {
    return URI.create(service.address("http")).resolve(path);
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
        BodyHandlers.ofString());
  }
}
