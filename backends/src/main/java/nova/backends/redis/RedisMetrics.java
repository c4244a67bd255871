package nova.backends.redis;

/// Port: what the adapters on Redis count. Methods are called on any thread and must return at
/// once.
///
/// *Thread-safe.*
public interface RedisMetrics {
  /// Counts nothing.
  RedisMetrics NONE = new RedisMetrics() {};

  /// A command failed or took too long.
  ///
  /// @param what stable kebab-case name of what was attempted, such as `publish` or `read`
  default void failed(String what) {}

  /// Something that Redis held could not be read and was left out.
  ///
  /// @param reason stable kebab-case name, such as `truncated-timeline`
  default void malformed(String reason) {}

  /// A stream key was looked up in the database because Redis could not be asked.
  default void keyCacheBypassed() {}

  /// Media went to Redis.
  default void published(long bytes) {}

  /// The whole window of a stream was put again, as a part or all of it was gone.
  default void republished() {}

  /// A segment was removed, or not put again, because its stream has too much media.
  default void evicted() {}

  /// A write was refused, as another node carries the stream now.
  default void fenced() {}

  /// A change of a timeline was known by its delta.
  default void deltaApplied() {}

  /// A timeline was read as a whole, as a delta did not follow.
  default void timelineRead() {}

  /// Something was read from Redis for viewers.
  default void mediaRead(long bytes, long nanos) {}
}
