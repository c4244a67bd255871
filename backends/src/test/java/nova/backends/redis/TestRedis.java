package nova.backends.redis;

import java.util.ArrayList;
import java.util.List;
import nova.cluster.EmbeddedRedis;

/// A Redis of a test's own, empty at first, and what the test opens on it, which is closed with it,
/// the last first.
///
/// *Confined to the test's thread.*
final class TestRedis implements AutoCloseable {
  final EmbeddedRedis server = EmbeddedRedis.open();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /// Closes something with this.
  <T extends AutoCloseable> T own(T one) {
    opened.add(one);
    return one;
  }

  RedisConfig config() {
    return RedisConfig.at(server.url());
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
