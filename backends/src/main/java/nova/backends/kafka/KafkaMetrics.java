package nova.backends.kafka;

import java.time.Duration;

/// Port: what the adapters for Kafka count. Methods are called on threads of Kafka's clients and on
/// event loops, and must return at once.
///
/// *Thread-safe.*
public interface KafkaMetrics {
  /// Counts nothing.
  KafkaMetrics NONE = new KafkaMetrics() {};

  /// A record of frames was acknowledged by all replicas that must.
  ///
  /// @param bytes of its value
  /// @param took since it was handed to Kafka's client
  default void recordWritten(int bytes, Duration took) {}

  /// A writer gave up, and its broadcaster is disconnected.
  ///
  /// @param reason `stream-in-flight`, `process-in-flight`, `refused` or `not-opened`
  default void writerFailed(String reason) {}

  /// Records of frames or of their index were left out.
  ///
  /// @param reason `fenced`, `corrupt`, `foreign`, `incomplete`, `repeated` or `lost`
  /// @param count of records, so of pieces where an entry was in some
  default void recordsSkipped(String reason, long count) {}

  /// A reader had as much as it may hold, and reads again from Kafka.
  default void readerFellBehind() {}

  /// An event does not reach other processes.
  ///
  /// @param reason `queue-full`, `refused`, or `closed` when the process ended before it was sent
  default void eventDropped(String reason) {}

  /// An event of another process was left out.
  ///
  /// @param reason `unknown-type`, `corrupt` or `lost`
  default void eventSkipped(String reason) {}
}
