package nova.backends.redis;

/// What the names of one kind of keys, and of the channels that belong to them, begin with.
///
/// All keys of one stream have its id in braces, so that a proxy in front of several Redis servers
/// puts them on one, where a script may touch them together.
///
/// *Immutable.*
record Keyspace(String prefix) {
  static Keyspace of(RedisConfig config, RedisArea area) {
    return new Keyspace(
        config.isNumbered()
            ? config.keyPrefix() + ":"
            : config.keyPrefix() + ":" + area.label() + ":");
  }

  /// The key of this name.
  String key(String name) {
    return prefix + name;
  }

  /// The key of this name that belongs to something, such as a stream.
  String key(String name, Object owner) {
    return prefix + name + ":{" + owner + "}";
  }
}
