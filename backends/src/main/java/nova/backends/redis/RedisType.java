package nova.backends.redis;

/// What a key can hold, as Redis tells it.
enum RedisType {
  STRING("string"),
  HASH("hash"),
  SET("set"),
  SORTED_SET("zset");

  private final String label;

  RedisType(String label) {
    this.label = label;
  }

  /// The answer to TYPE.
  String label() {
    return label;
  }
}
