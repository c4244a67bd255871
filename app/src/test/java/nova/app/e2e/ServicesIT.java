package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nova.app.process.TestServices;
import nova.cluster.EmbeddedKafka;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One of each service, from a broadcaster to a player; `make cluster-test` tries more of them and
/// breaks them.
class ServicesIT {
  private static final String KEY = "a-secret-key-for-tests";
  private static final List<String> ALONG_THE_FLOW =
      List.of("ingest", "transcode", "api", "delivery");
  private static final Duration FOLLOWED = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void broadcast_isPlayedFromDelivery_shownByTheApi_andAllEndInOrderWhenAskedTo() throws Exception {
    Path clip = Ffmpeg.clip(folder, "clip.flv", "320x180", 60, 10);
    try (LocalCluster services =
        TestServices.start(
            folder.resolve("services"),
            new LocalCluster.Plan(1, 1, 1, 1, 0),
            Map.of("NOVA_STREAM_KEYS", "live=" + KEY))) {
      ServiceProcess api = only(services, "api");
      for (String service : ALONG_THE_FLOW) {
        String _ = await(web(only(services, service), "/health/ready"), "", _ -> true);
      }
      try (Ffmpeg publisher =
          Ffmpeg.publish(clip, only(services, "ingest").address("rtmp") + "/" + KEY)) {
        URI multivariant = web(only(services, "delivery"), "/hls/live/index.m3u8");
        String variant =
            await(multivariant, "", text -> text.contains("#EXT-X-STREAM-INF"))
                .lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .orElseThrow();

        PlaylistFollower player =
            new PlaylistFollower(http, multivariant.resolve(variant), FOLLOWED).call();

        assertThat(player.complete()).isNotEmpty();
        assertThat(player.hintsKept()).as("parts that came as hinted").isPositive();
        awaitEvent(services.kafka(), "\"type\":\"ViewerJoined\"");
        String shown =
            await(
                web(api, "/api/v1/streams?channel=live&state=ACTIVE"),
                TestServices.tokenOf(api),
                text -> text.contains("\"channel\":\"live\""));
        assertThat(shown).contains("avc1.").contains("mp4a.40.2");
        assertThat(publisher.isAlive()).isTrue();
      }
      for (String service : ALONG_THE_FLOW) {
        assertEndsWell(only(services, service));
      }
    }
  }

  private static ServiceProcess only(LocalCluster services, String service) {
    List<ServiceProcess> found = services.of(service);
    assertThat(found).as(service).hasSize(1);
    return found.getFirst();
  }

  private static URI web(ServiceProcess service, String path) {
    return URI.create(service.address("http")).resolve(path);
  }

  private static void assertEndsWell(ServiceProcess service) throws Exception {
    assertThat(service.terminate()).as("exit code of %s", service.name()).isZero();
    assertThat(Files.readString(service.log()))
        .as("log of %s", service.name())
        .doesNotContain(" ERROR ")
        .doesNotContain("\tat ");
  }

  /// Waits until an event with this text is in Kafka.
  private static void awaitEvent(EmbeddedKafka kafka, String text) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor("stream-events").stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
      boolean found = false;
      while (!found) {
        assertThat(System.nanoTime()).as("no event with %s", text).isLessThan(deadlineNs);
        for (ConsumerRecord<String, String> event : consumer.poll(Duration.ofSeconds(1))) {
          found |= event.value().contains(text);
        }
      }
    }
  }

  /// Asks until the answer is as wanted; only a failure meets the bound.
  private String await(URI uri, String token, Predicate<String> wanted)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
    if (!token.isEmpty()) {
      request = request.header("Authorization", "Bearer " + token);
    }
    HttpRequest asked = request.build();
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> answer = http.send(asked, BodyHandlers.ofString());
      if (answer.statusCode() == 200 && wanted.test(answer.body())) {
        return answer.body();
      }
      assertThat(System.nanoTime())
          .as("%s is %d %s", uri, answer.statusCode(), answer.body())
          .isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
