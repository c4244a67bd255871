package nova.ingest.publish;

/// Port: what ingest counts. Methods are called on event loops and must return at once.
///
/// *Thread-safe.*
public interface IngestMetrics {
  /// Counts nothing.
  IngestMetrics NONE = new IngestMetrics() {};

  /// A TCP connection was accepted.
  default void connectionOpened() {}

  /// A TCP connection is gone.
  default void connectionClosed() {}

  /// A connection, a publish or a broken peer was turned away.
  ///
  /// @param reason stable kebab-case name, such as `unknown-key` or `rtmp-message-size`
  default void refused(String reason) {}

  /// Bytes arrived from broadcasters.
  default void received(long bytes) {}

  /// A broadcast began.
  default void streamStarted() {}

  /// A broadcast that began at another server goes on at this one.
  default void streamContinued() {}

  /// A broadcast is over, or goes on at another server.
  default void streamEnded() {}

  /// A broadcaster returned, or took over from its own ghost.
  default void streamResumed() {}

  /// Frames entered the log.
  default void framesLogged(long frames) {}

  /// A frame or message was dropped.
  ///
  /// @param reason stable kebab-case name, such as `truncated-nal-unit`
  default void dropped(String reason) {}

  /// A timestamp was rebased or clamped.
  default void timestampRepaired() {}
}
