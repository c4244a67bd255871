package nova.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nova.bench.http.HttpRequest;
import nova.bench.process.EmbeddedDatabase;
import nova.bench.process.Folders;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessUsage;
import nova.control.Control;
import nova.control.ControlConfig;
import nova.control.ControlPorts;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.database.DatabaseConfig;
import nova.control.metric.MetricsConfig;
import nova.control.stream.LiveBroadcasts;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyCheck;
import nova.control.streamkey.KeyTerms;
import nova.control.streamkey.StreamKeyCache;
import nova.control.streamkey.StreamKeys;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// What the control plane costs, on its embedded PostgreSQL: how long a publisher's key takes to
/// check, how many requests the API answers, and how much memory the database takes.
final class ControlBench implements Bench {
  private static final int KEYS = 1_000;
  private static final int CACHED_CHECKS = 20_000;
  private static final int UNCACHED_CHECKS = 2_000;
  private static final String PUBLISHER = "192.0.2.1";

  private static final int CONNECTIONS = 8;
  private static final Duration LOAD = Duration.ofSeconds(5);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(8);

  /// What one client may do is not what is measured.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "NOVA_TRANSCODE_LADDER_POLICY", "none",
          "NOVA_API_LIMITS_REQUESTS_PER_MINUTE", "1000000",
          "NOVA_API_LIMITS_REQUEST_BURST", "1000000");

  private final Options options;

  ControlBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "control";
  }

  @Override
  public String load() {
    return "embedded PostgreSQL; %,d keys checked one by one; API with %d connections, %d s each"
        .formatted(KEYS, CONNECTIONS, LOAD.toSeconds());
  }

  @Override
  public List<Figure> run() throws Exception {
    List<Figure> figures = new ArrayList<>();
    figures.addAll(checkKeys());
    figures.addAll(askApi());
    return figures;
  }

  private List<Figure> checkKeys() throws IOException {
    Path data = Folders.emptied(options.folder().resolve("keys"));
    StreamKeyCache cache = new CaffeineStreamKeyCache(System::nanoTime);
    try (Control control = open(data, cache)) {
      StreamKeys keys = control.streamKeys();
      List<IssuedKey> issued = issue(control);
      // Each runs twice, the first time to warm up.
      check(keys, issued, UNCACHED_CHECKS, key -> cache.forget(key.key().sha256()));
      Samples uncached =
          check(keys, issued, UNCACHED_CHECKS, key -> cache.forget(key.key().sha256()));
      check(keys, issued, CACHED_CHECKS, _ -> {});
      Samples cached = check(keys, issued, CACHED_CHECKS, _ -> {});
      return List.of(
          Figure.limited("key check, cached, p99", cached.percentileUs(99), 1000, "us"),
          Figure.fact("key check, cached, p50", Figure.number(cached.percentileUs(50)) + " us"),
          Figure.fact(
              "key check, from the database, p50 / p99",
              "%s / %s us"
                  .formatted(
                      Figure.number(uncached.percentileUs(50)),
                      Figure.number(uncached.percentileUs(99)))));
    }
  }

  private static Control open(Path data, StreamKeyCache cache) {
    return Control.open(
        new ControlConfig(data, DatabaseConfig.defaults(), MetricsConfig.defaults()),
        new ControlPorts(
            new InProcessStreamEvents(
                (_, failure) -> {
                  throw new IllegalStateException(failure);
                }),
            new NothingOnAir(),
            cache,
            InstantSource.system(),
            System::nanoTime,
            new SecureRandom(),
            Thread.ofVirtual().factory()));
  }

  private static final class NothingOnAir implements LiveBroadcasts {
    @Override
    public CompletionStage<Boolean> stop(StreamId stream, String reason) {
      return CompletableFuture.completedStage(false);
    }

    @Override
    public void dropKey(StreamKeyId key, String reason) {
      // Nothing is published with any.
    }
  }

  private static List<IssuedKey> issue(Control control) {
    List<IssuedKey> issued = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      ChannelSlug slug = new ChannelSlug("channel" + i / StreamKeys.MAX_PER_CHANNEL);
      Channel channel = control.channels().ensure(slug, Actor.SYSTEM);
      issued.add(control.streamKeys().create(channel.slug(), KeyTerms.NONE, Actor.SYSTEM));
    }
    return issued;
  }

  private static Samples check(
      StreamKeys keys, List<IssuedKey> issued, int count, Consumer<IssuedKey> prepare) {
    RandomGenerator random = RandomGenerator.getDefault();
    Samples samples = new Samples(count);
    for (int i = 0; i < count; i++) {
      IssuedKey key = issued.get(random.nextInt(issued.size()));
      prepare.accept(key);
      String secret = key.secret().value();
      long beganAt = System.nanoTime();
      KeyCheck check = keys.check(secret, PUBLISHER);
      samples.add(System.nanoTime() - beganAt);
      if (!(check instanceof KeyCheck.Accepted)) {
        throw new IllegalStateException("a key that works was refused: " + check);
      }
    }
    return samples;
  }

  private List<Figure> askApi() throws IOException, InterruptedException {
    Path folder = options.folder().resolve("control");
    try (NovaServer nova = NovaServer.start(folder, CONNECTIONS, SETTINGS, options.jvmFlags())) {
      EmbeddedDatabase database = nova.database();
      Thread.sleep(IDLE);
      Memory idle = Memory.of(nova, database);
      String token = nova.token();
      ApiLoad.Requests reads = (number, _) -> read(number, token);
      ApiLoad.Requests writes = (number, count) -> write(number, count, token);
      Answered read = ask(nova, database, reads);
      Answered written = ask(nova, database, writes);
      Memory busy = Memory.of(nova, database);
      return List.of(
          speed("GET of a channel", read),
          cost("GET of a channel", read),
          speed("PATCH of a channel's title", written),
          cost("PATCH of a channel's title", written),
          memory("memory of PostgreSQL, idle / after the load", idle.database(), busy.database()),
          memory("memory of Nova's own process, the same", idle.server(), busy.server()),
          Figure.fact(
              "processes of PostgreSQL, the same", idle.processes() + " / " + busy.processes()));
    }
  }

  /// @param serverMs CPU time of a request
  /// @param databaseMs CPU time of a request
  private record Answered(ApiLoad.Outcome outcome, double serverMs, double databaseMs) {}

  private static Answered ask(NovaServer nova, EmbeddedDatabase database, ApiLoad.Requests requests)
      throws IOException, InterruptedException {
    ApiLoad.Outcome _ = ApiLoad.run(nova.httpPort(), CONNECTIONS, WARM_UP, requests);
    ProcessUsage server = nova.usageWithoutWorkers();
    ProcessUsage postgres = database.usage();
    ApiLoad.Outcome outcome = ApiLoad.run(nova.httpPort(), CONNECTIONS, LOAD, requests);
    double thousands = outcome.durations().size() / 1e3;
    return new Answered(
        outcome,
        nova.usageWithoutWorkers().cpuSecondsSince(server) / thousands,
        database.usage().cpuSecondsSince(postgres) / thousands);
  }

  private static HttpRequest read(int number, String token) {
    return new HttpRequest("GET", path(number), Map.of("Authorization", "Bearer " + token), "");
  }

  private static HttpRequest write(int number, int count, String token) {
    return new HttpRequest(
        "PATCH",
        path(number),
        Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
        "{\"title\":\"Title %d\"}".formatted(count));
  }

  /// Each connection has a channel of its own, so that none waits for the others' transactions.
  private static String path(int number) {
    return "/api/v1/channels/" + NovaServer.channel(number);
  }

  /// @param database of all processes of PostgreSQL, in MiB
  /// @param server of the server's own process, in MiB
  private record Memory(double database, double server, int processes) {
    static Memory of(NovaServer nova, EmbeddedDatabase database) throws IOException {
      return new Memory(
          database.memoryMib(),
          nova.usageWithoutWorkers().residentMib(),
          database.processes().size());
    }
  }

  private static Figure speed(String what, Answered answered) {
    Samples durations = answered.outcome().durations();
    return Figure.fact(
        what + ", per second; p50 / p99",
        "%,d; %s / %s ms"
            .formatted(
                Math.round(answered.outcome().perSecond()),
                Figure.number(durations.percentileMs(50)),
                Figure.number(durations.percentileMs(99))));
  }

  private static Figure cost(String what, Answered answered) {
    return Figure.fact(
        what + ", CPU of Nova / of PostgreSQL",
        "%s / %s ms"
            .formatted(Figure.number(answered.serverMs()), Figure.number(answered.databaseMs())));
  }

  private static Figure memory(String what, double idle, double busy) {
    return Figure.fact(what, "%s / %s MiB".formatted(Figure.number(idle), Figure.number(busy)));
  }
}
