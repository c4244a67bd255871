package nova.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// An installation of services on this machine, with a Kafka and a Redis of its own. Its PostgreSQL
/// is somebody else's.
///
/// *Confined to its owner's thread.*
public final class LocalCluster implements AutoCloseable {
  /// How many of each service, and on which ports.
  ///
  /// *Immutable.*
  ///
  /// @param rtmpPort of the first ingest, or 0 for free ports everywhere
  public record Plan(int ingests, int transcodes, int deliveries, int apis, int rtmpPort) {
    /// One ingest, two transcodes, two deliveries and one API on free ports.
    public static Plan usual() {
      return new Plan(1, 2, 2, 1, 0);
    }

    /// The same on other ports.
    public Plan at(int rtmpPort) {
      return new Plan(ingests, transcodes, deliveries, apis, rtmpPort);
    }
  }

  private static final int MIGRATION_SECONDS = 90;
  private static final int API_PORT = 8081;
  private static final int DELIVERY_PORT = 8082;
  private static final int TRANSCODE_PORT = 8083;
  private static final int INGEST_PORT = 8084;
  private static final int NEXT = 10; // second ones are at 8092 and so on

  private final Path folder;
  private final List<String> nova;
  private final Plan plan;
  private final Map<String, String> environment;
  private final EmbeddedKafka kafka;
  private final EmbeddedRedis redis;
  private final List<ServiceProcess> services = new ArrayList<>();
  private final Map<String, Integer> started = new HashMap<>();

  private LocalCluster(
      Path folder,
      List<String> nova,
      Plan plan,
      EmbeddedKafka kafka,
      EmbeddedRedis redis,
      Map<String, String> environment) {
    this.folder = folder;
    this.nova = nova;
    this.plan = plan;
    this.kafka = kafka;
    this.redis = redis;
    this.environment = environment;
  }

  /// Starts everything and waits until all accept.
  ///
  /// @param folder for logs and data
  /// @param nova the `nova` command and what precedes that of a service
  /// @param settings of all services, by the names of their environment variables, with those of
  ///   the database
  public static LocalCluster start(
      Path folder, List<String> nova, Plan plan, Map<String, String> settings)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    EmbeddedRedis redis = EmbeddedRedis.open();
    EmbeddedKafka kafka = startKafka(folder.resolve("kafka"), redis);
    Map<String, String> environment = new HashMap<>();
    environment.put("NOVA_RTMP_BIND", "127.0.0.1");
    environment.put("NOVA_HTTP_BIND", "127.0.0.1");
    environment.put("NOVA_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    environment.put("NOVA_REDIS_URL", redis.url());
    environment.putAll(settings);
    LocalCluster cluster =
        new LocalCluster(folder, List.copyOf(nova), plan, kafka, redis, environment);
    try {
      cluster.migrate();
      cluster.startAll();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static EmbeddedKafka startKafka(Path folder, EmbeddedRedis redis) throws IOException {
    try {
      return EmbeddedKafka.start(folder);
    } catch (RuntimeException e) {
      redis.close();
      throw new IOException("Kafka did not start: " + e.getMessage(), e);
    }
  }

  private void migrate() throws IOException, InterruptedException {
    Path log = folder.resolve("migrate.log");
    ProcessBuilder builder =
        ServiceProcess.builder(command("migrate"), environment)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Process migration = builder.start();
    if (!migration.waitFor(MIGRATION_SECONDS, TimeUnit.SECONDS) || migration.exitValue() != 0) {
      migration.destroyForcibly();
      throw new IOException("the database was not migrated: " + Files.readString(log).strip());
    }
  }

  private void startAll() throws IOException, InterruptedException {
    List<ServiceProcess> first = new ArrayList<>();
    for (int i = 0; i < plan.deliveries(); i++) {
      first.add(begin("delivery", Map.of()));
    }
    for (int i = 0; i < plan.transcodes(); i++) {
      first.add(begin("transcode", Map.of()));
    }
    for (int i = 0; i < plan.ingests(); i++) {
      first.add(begin("ingest", Map.of()));
    }
    for (ServiceProcess service : first) {
      service.awaitReady();
    }
    for (int i = 0; i < plan.apis(); i++) {
      ServiceProcess _ = startApi();
    }
  }

  /// Starts another one of a kind, but not an API, and waits until it accepts.
  public ServiceProcess start(String service) throws IOException, InterruptedException {
    return start(service, Map.of());
  }

  /// As [#start(String)], with settings of its own.
  public ServiceProcess start(String service, Map<String, String> settings)
      throws IOException, InterruptedException {
    ServiceProcess starting = begin(service, settings);
    starting.awaitReady();
    return starting;
  }

  /// Starts another API, whose pages play from the first delivery.
  public ServiceProcess startApi() throws IOException, InterruptedException {
    String rtmp = of("ingest").getFirst().address("rtmp");
    return start(
        "api",
        Map.of(
            "NOVA_API_PLAYBACK_URL",
            of("delivery").getFirst().address("http"),
            "NOVA_RTMP_PORT",
            rtmp.replaceFirst("rtmp://[^/]*:(\\d+)/.*", "$1")));
  }

  private ServiceProcess begin(String service, Map<String, String> settings) throws IOException {
    int number = started.merge(service, 1, Integer::sum);
    Map<String, String> all = new HashMap<>(environment);
    all.put("NOVA_HTTP_PORT", Integer.toString(httpPort(service, number)));
    all.put("NOVA_RTMP_PORT", Integer.toString(plan.rtmpPort() == 0 ? 0 : rtmpPort(number)));
    all.putAll(settings);
    ServiceProcess starting =
        ServiceProcess.start(service + "-" + number, command(service), all, folder);
    services.add(starting);
    return starting;
  }

  private int httpPort(String service, int number) {
    if (plan.rtmpPort() == 0) {
      return 0;
    }
    int first =
        switch (service) {
          case "api" -> API_PORT;
          case "delivery" -> DELIVERY_PORT;
          case "transcode" -> TRANSCODE_PORT;
          case "ingest" -> INGEST_PORT;
          default -> throw new IllegalArgumentException("no service " + service);
        };
    return first + NEXT * (number - 1);
  }

  private int rtmpPort(int number) {
    return plan.rtmpPort() + NEXT * (number - 1);
  }

  private List<String> command(String command) {
    List<String> all = new ArrayList<>(nova);
    all.add(command);
    return all;
  }

  /// All that were started of a kind and live, in the order of their start.
  public List<ServiceProcess> of(String service) {
    return services.stream()
        .filter(one -> one.name().startsWith(service + "-") && one.isAlive())
        .toList();
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  public EmbeddedRedis redis() {
    return redis;
  }

  /// The settings that all services have.
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /// Ends the services along the flow, then what they share.
  @Override
  public void close() {
    for (String service : List.of("ingest", "transcode", "api", "delivery")) {
      of(service).parallelStream().forEach(ServiceProcess::close);
    }
    kafka.close();
    redis.close();
  }
}
