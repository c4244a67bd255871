package nova.backends.redis;

/// The kinds of keys, each in a database of its own or with names that begin differently.
public enum RedisArea {
  /// Stream keys that were looked up.
  STREAM_KEYS(0, "keys"),
  /// Media, timelines, leases and claims.
  MEDIA(1, "media"),
  /// Snapshots of metrics.
  METRICS(2, "metrics"),
  /// Viewers of streams.
  VIEWERS(3, "viewers");

  private final int database;
  private final String label;

  RedisArea(int database, String label) {
    this.database = database;
    this.label = label;
  }

  int database() {
    return database;
  }

  String label() {
    return label;
  }
}
