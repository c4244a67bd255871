package nova.backends.redis;

import java.util.ArrayList;
import java.util.List;
import nova.cluster.EmbeddedRedis;

/// A Redis of a test's own, empty at first, and what the test opens on it, which is closed with it,
/// the last first.
///
/// *Confined to the test's thread.*
final class TestRedis implements AutoCloseable {
  final EmbeddedRedis server;
  private final String databases;
  private final List<AutoCloseable> opened = new ArrayList<>();

  TestRedis() {
    this(RedisConfig.NUMBERED);
  }

  private TestRedis(String databases, String... settings) {
    this.databases = databases;
    this.server = EmbeddedRedis.open(settings);
  }

  /// With one database, in which kinds of keys have names that begin differently.
  static TestRedis withPrefixes() {
    return new TestRedis(RedisConfig.PREFIXES, "--databases", "1");
  }

  /// Closes something with this.
  <T extends AutoCloseable> T own(T one) {
    opened.add(one);
    return one;
  }

  RedisConfig config() {
    RedisConfig config = RedisConfig.at(server.url());
    return new RedisConfig(
        config.url(),
        config.caFile(),
        databases,
        config.keyPrefix(),
        config.timeout(),
        config.memoryPerStream(),
        config.mediaTtl(),
        config.streamKeyTtl(),
        config.inFlight(),
        config.queuedCommands());
  }

  /// Connections of a process of its own.
  RedisConnections connections() {
    return connections(RedisMetrics.NONE);
  }

  /// Connections of a process of its own, counted.
  RedisConnections connections(RedisMetrics metrics) {
    return connections(config(), metrics);
  }

  RedisConnections connections(RedisConfig config, RedisMetrics metrics) {
    return own(TestConnections.open(config, metrics));
  }

  /// A connection of the test itself.
  RedisLink link(RedisArea area) {
    return connections().link(area, "test");
  }

  @Override
  public void close() {
    try {
      for (AutoCloseable one : opened.reversed()) {
        one.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      server.close();
    }
  }
}
