package nova.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelDeletion;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.database.Database;
import nova.core.ChannelSlug;

/// The cluster that all tests of this JVM share, as the users of one channel of it reach it. Each
/// test has a channel and a delivery service of its own; at its end nothing is live any more.
final class NovaCluster extends RunningNova {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CHANGES_WITHIN = Duration.ofSeconds(10); // as docs/api.md has it
  private static final String LIVE = "/api/v1/streams?live=true";
  private static final int MOST_TESTS = 50;
  private static final ChannelDeletion NOBODY_ELSE = (_, _) -> () -> {};
  private static final AtomicInteger OPENED = new AtomicInteger();

  /// Started by whoever comes first.
  private static final class Shared {
    static final Path FOLDER = newFolder();
    static final LocalCluster SERVICES = startServices(FOLDER);
  }

  private final LocalCluster services = Shared.SERVICES;
  private final ServiceProcess delivery;
  private final int number;

  private NovaCluster(int number) {
    assertThat(number).as("tests").isLessThanOrEqualTo(MOST_TESTS);
    List<ServiceProcess> deliveries = services.of("delivery");
    this.delivery = deliveries.get(number % deliveries.size());
    this.number = number;
  }

  /// The next test's; the first one starts the services.
  static NovaCluster open() {
    return new NovaCluster(OPENED.incrementAndGet());
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory(Path.of("target"), "cluster").toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LocalCluster startServices(Path folder) {
    PreparedLadder.prepare(folder, SMALL_LADDER);
    makeChannels(folder);
    try {
      LocalCluster started =
          TestServices.start(folder, LocalCluster.Plan.usual(), Map.of("NOVA_STREAM_KEYS", keys()));
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Made before the services start, which learn within seconds only of channels that are made
  /// later.
  private static void makeChannels(Path folder) {
    try (Database database = Database.open(TestPostgres.of(folder))) {
      Channels channels =
          new Channels(
              database,
              new ChannelRepository(),
              new AuditLog(database),
              NOBODY_ELSE,
              InstantSource.system());
      for (int number = 1; number <= MOST_TESTS; number++) {
        Channel _ = channels.ensure(new ChannelSlug(channel(number)), Actor.SYSTEM);
      }
    }
  }

  private static String keys() {
    return IntStream.rangeClosed(1, MOST_TESTS)
        .mapToObj(number -> channel(number) + "=" + key(number))
        .collect(Collectors.joining(","));
  }

  private static String channel(int number) {
    return "live-" + number;
  }

  private static String key(int number) {
    return "a-secret-key-for-tests-" + number;
  }

  private ServiceProcess api() {
    return services.of("api").getFirst();
  }

  @Override
  public String channel() {
    return channel(number);
  }

  @Override
  public String publishUrl() {
    return rtmp("/live/" + key(number));
  }

  @Override
  public String rtmp(String applicationAndKey) {
    URI rtmp = URI.create(services.of("ingest").getFirst().address("rtmp"));
    return "rtmp://%s:%d%s".formatted(rtmp.getHost(), rtmp.getPort(), applicationAndKey);
  }

  /// As a balancer sends it: playlists and media to a delivery, everything else to the API.
  @Override
  public URI web(String path) {
    boolean played = Stream.of("/hls/", "/media/", "/p/").anyMatch(path::startsWith);
    return URI.create((played ? delivery : api()).address("http")).resolve(path);
  }

  @Override
  public String ownersToken() {
    return tokenOf(api());
  }

  private static String tokenOf(ServiceProcess service) {
    return TestServices.tokenOf(service);
  }

  @Override
  public Duration changesWithin() {
    return CHANGES_WITHIN;
  }

  @Override
  public String metrics() throws IOException, InterruptedException {
    StringBuilder all = new StringBuilder();
    for (ServiceProcess service : services()) {
      URI metrics = URI.create(service.address("http") + "/metrics");
      all.append(send(metrics, tokenOf(service), request -> request).body());
    }
    return all.toString();
  }

  private List<ServiceProcess> services() {
    return Stream.of("ingest", "transcode", "delivery", "api")
        .flatMap(service -> services.of(service).stream())
        .toList();
  }

  @Override
  public NovaProcess command(String... words) throws IOException {
    return NovaProcess.run(Shared.FOLDER, Map.of("NOVA_DATA", api().data().toString()), words);
  }

  @Override
  Stream<ProcessHandle> descendants() {
    return services().stream().flatMap(ServiceProcess::children);
  }

  @Override
  boolean endsWithin(long ms) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ms); // the services outlive the tests
    return false;
  }

  /// Ends what is live: a broadcaster that was killed is waited for, which is the next test's
  /// business no more.
  @Override
  public void close() {
    try {
      JsonNode live = JSON.readTree(get(LIVE).body()).path("streams");
      for (JsonNode stream : live) {
        HttpResponse<String> _ =
            post("/api/v1/streams/%s/stop".formatted(stream.path("id").asText()), "{}");
      }
      String _ = await(LIVE, body -> body.contains("\"streams\":[]"));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    super.close();
  }
}
