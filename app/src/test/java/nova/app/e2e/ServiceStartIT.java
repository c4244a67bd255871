package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nova.app.process.NovaProcess;
import nova.app.process.TestServices;
import nova.cluster.EmbeddedKafka;
import nova.cluster.EmbeddedRedis;
import nova.cluster.FreePorts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services whose surroundings are not as they should be when they start.
class ServiceStartIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SERVICES = List.of("ingest", "transcode", "delivery", "api");
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  /// A service that runs, and where it is asked for its health.
  private record Started(NovaProcess process, URI ready) {}

  @Test
  void servicesThatStartBeforeWhatTheyShare_waitForOneAfterTheOther_andSayFor() throws Exception {
    Map<String, Started> services = new LinkedHashMap<>();
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        EmbeddedKafka kafka = EmbeddedKafka.start();
        SystemPostgres postgres = SystemPostgres.create()) {
      Map<String, String> environment = environment(postgres, redis.url());
      environment.put("NOVA_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
      migrate(environment);
      redis.stop();
      kafka.stop();
      postgres.stop();

      for (String service : SERVICES) {
        services.put(service, start(service, environment));
      }
      awaitDown(services.get("ingest"), "server", "database", "kafka", "redis");
      awaitDown(services.get("transcode"), "server", "database", "kafka", "redis");
      awaitDown(services.get("delivery"), "server", "database", "kafka", "redis");
      awaitDown(services.get("api"), "server", "database", "kafka", "redis");
      String noRedis =
          "waiting for Redis: Redis at %s cannot be reached: nobody listens there; see redis.url"
              .formatted(redis.url());
      String noDatabase = "waiting for the database: database.url " + database(environment);
      services.get("ingest").process.awaitErr(noRedis);
      services.get("api").process.awaitErr(noRedis);
      services.get("transcode").process.awaitErr(noDatabase);
      services.get("delivery").process.awaitErr(noDatabase);
      for (Started service : services.values()) {
        assertThat(status(service.ready.resolve("live"))).isEqualTo(200);
      }

      redis.start();
      services.get("ingest").process.awaitErr(noDatabase);
      services.get("api").process.awaitErr(noDatabase);
      awaitDown(services.get("ingest"), "server", "database", "kafka");
      awaitDown(services.get("api"), "server", "database", "kafka");

      postgres.start();
      String _ = services.get("delivery").process.awaitOut("nova ready ");
      String _ = services.get("api").process.awaitOut("nova ready ");
      String noKafka =
          "Kafka at %s (kafka.bootstrap-servers, kafka.properties) does not answer: "
              .formatted(kafka.bootstrapServers());
      services.get("ingest").process.awaitErr("waiting for Kafka: " + noKafka);
      services.get("transcode").process.awaitErr("waiting for Kafka: " + noKafka);
      awaitDown(services.get("ingest"), "server", "kafka");
      awaitDown(services.get("transcode"), "server", "kafka");
      awaitDown(services.get("delivery"), "kafka");
      for (String sparing : List.of("delivery", "api")) {
        assertThat(status(services.get(sparing).ready)).as("Kafka can be spared").isEqualTo(200);
      }

      kafka.startAgain();
      for (Started service : services.values()) {
        String _ = service.process.awaitOut("nova ready ");
        awaitDown(service);
        assertThat(status(service.ready)).isEqualTo(200);
      }
      end(services);
    } finally {
      services.values().forEach(service -> service.process.close());
    }
  }

  @Test
  void serviceThatWaits_endsWhenAskedTo() throws Exception {
    Map<String, String> environment = new HashMap<>(TestServices.SMALL_MEMORY);
    environment.put("NOVA_DATABASE_URL", "jdbc:postgresql://127.0.0.1:%d/nova".formatted(nobody()));
    environment.put("NOVA_REDIS_URL", "redis://127.0.0.1:" + nobody());
    environment.put("NOVA_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + nobody());
    Map<String, Started> services = new LinkedHashMap<>();
    try {
      for (String service : List.of("ingest", "delivery")) {
        services.put(service, start(service, environment));
      }
      for (Started service : services.values()) {
        service.process.awaitErr("waiting for ");
      }
      end(services);
    } finally {
      services.values().forEach(service -> service.process.close());
    }
  }

  @Test
  void servicesThatAreRefused_sayWhy_andGoOnOnceThatIsMended() throws Exception {
    Map<String, Started> services = new LinkedHashMap<>();
    try (EmbeddedRedis redis = EmbeddedRedis.open("--requirepass", "another");
        EmbeddedKafka kafka = EmbeddedKafka.start();
        SystemPostgres postgres = SystemPostgres.create()) {
      Map<String, String> environment =
          environment(postgres, redis.url().replace("//", "//:secret@"));
      environment.put("NOVA_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
      postgres.setPassword("another");
      for (String service : SERVICES) {
        services.put(service, start(service, environment));
      }
      String redisPassword =
          "waiting for Redis: Redis at %s wants another user or password (WRONGPASS"
              .formatted(redis.url());
      String databasePassword =
          "waiting for the database: database.url %s as nova cannot be used: FATAL: password authentication failed"
              .formatted(database(environment));
      awaitReason(services.get("ingest"), redisPassword);
      awaitReason(services.get("api"), redisPassword);
      awaitReason(services.get("transcode"), databasePassword);
      awaitReason(services.get("delivery"), databasePassword);
      for (Started service : services.values()) {
        assertThat(status(service.ready)).isEqualTo(503);
        assertThat(status(service.ready.resolve("live"))).isEqualTo(200);
      }

      tell(redis, "AUTH another", "CONFIG SET requirepass secret");
      awaitReason(services.get("ingest"), databasePassword);
      awaitReason(services.get("api"), databasePassword);

      postgres.setPassword(environment.getOrDefault("NOVA_DATABASE_PASSWORD", ""));
      String schema =
          "waiting for the database: database.url %s as nova has schema 0 "
              .formatted(database(environment));
      for (Started service : services.values()) {
        awaitReason(service, schema);
      }

      migrate(environment);
      for (Started service : services.values()) {
        String _ = service.process.awaitOut("nova ready ");
        awaitDown(service);
        assertThat(status(service.ready)).isEqualTo(200);
        assertThat(service.process.err())
            .containsOnlyOnce(databasePassword)
            .containsOnlyOnce(schema)
            .contains("run `nova migrate` once");
      }
      end(services);
    } finally {
      services.values().forEach(service -> service.process.close());
    }
  }

  @Test
  void settingThatCannotBeUnderstood_endsTheService() throws Exception {
    Map<String, String> environment = new HashMap<>(TestServices.SMALL_MEMORY);
    environment.put("NOVA_DATABASE_URL", "jdbc:postgresql://db.example.com:port/nova");
    environment.put("NOVA_REDIS_URL", "redis://127.0.0.1:" + nobody());
    try (NovaProcess process = start("delivery", environment).process) {
      assertThat(process.awaitExit()).isEqualTo(1);
      assertThat(process.err())
          .contains("nova: configuration of database: url '", "cannot be understood")
          .doesNotContain("\tat ");
    }
  }

  private static void tell(EmbeddedRedis redis, String... commands) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        BufferedReader answers =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      for (String command : commands) {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        assertThat(answers.readLine()).isEqualTo("+OK");
      }
    }
  }

  private static Map<String, String> environment(SystemPostgres postgres, String redis) {
    Map<String, String> environment = new HashMap<>(postgres.environment());
    environment.putAll(TestServices.SMALL_MEMORY);
    environment.put("NOVA_REDIS_URL", redis);
    return environment;
  }

  private static String database(Map<String, String> environment) {
    return environment.getOrDefault("NOVA_DATABASE_URL", "");
  }

  private static int nobody() {
    return FreePorts.any();
  }

  private void migrate(Map<String, String> environment) throws Exception {
    try (NovaProcess migrate = NovaProcess.run(folder, environment, "migrate")) {
      assertThat(migrate.awaitExit()).as(migrate.err()).isZero();
    }
  }

  private Started start(String service, Map<String, String> environment) throws IOException {
    int port = FreePorts.any();
    NovaProcess process =
        NovaProcess.run(
            folder,
            environment,
            service,
            "--bind",
            "127.0.0.1",
            "--rtmp-port",
            "0",
            "--http-port",
            Integer.toString(port),
            "--data",
            "data-" + service);
    return new Started(process, URI.create("http://127.0.0.1:%d/health/ready".formatted(port)));
  }

  private static void end(Map<String, Started> services) throws Exception {
    services.values().forEach(service -> service.process.terminate());
    for (Map.Entry<String, Started> service : services.entrySet()) {
      NovaProcess process = service.getValue().process;
      assertThat(process.awaitExit()).as(service.getKey()).isZero();
      assertThat(process.err()).doesNotContain(" ERROR ").doesNotContain("\tat ");
    }
  }

  /// Waits until exactly these checks are down.
  private void awaitDown(Started service, String... names) throws Exception {
    Set<String> wanted = Set.of(names);
    Set<String> down = null;
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!wanted.equals(down)) {
      assertThat(System.nanoTime())
          .as("%s: %s is down, and not %s", service.process.err(), down, wanted)
          .isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(100);
      down = down(service.ready);
    }
  }

  /// Waits until a service says why it is not ready: to its operator in this sentence, to everybody
  /// only what it waits for.
  private void awaitReason(Started service, String sentence) throws Exception {
    service.process.awaitErr(sentence);
    String expected = sentence.substring(0, sentence.indexOf(':')) + "; the log says why";
    String reason = "";
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!reason.equals(expected)) {
      assertThat(System.nanoTime()).as("%s, and not %s", reason, expected).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(100);
      reason = reason(service.ready);
    }
  }

  /// @return empty when there is none, or nobody answers yet
  private String reason(URI ready) throws IOException, InterruptedException {
    try {
      return JSON.readTree(get(ready).body()).at("/checks/0/data/reason").asText();
    } catch (ConnectException _) {
      return "";
    }
  }

  /// @return null when nobody answers yet
  private Set<String> down(URI ready) throws IOException, InterruptedException {
    try {
      Set<String> down = new HashSet<>();
      for (JsonNode check : JSON.readTree(get(ready).body()).path("checks")) {
        if (check.path("status").asText().equals("DOWN")) {
          down.add(check.path("name").asText());
        }
      }
      return down;
    } catch (ConnectException _) {
      return null;
    }
  }

  private int status(URI uri) throws IOException, InterruptedException {
    return get(uri).statusCode();
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
        BodyHandlers.ofString());
  }
}
