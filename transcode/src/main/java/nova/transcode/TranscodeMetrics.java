package nova.transcode;

import java.time.Duration;

/// What transcoding measures; what is not overridden is not.
///
/// *Thread-safe.*
public interface TranscodeMetrics {
  /// Measures nothing.
  TranscodeMetrics NONE = new TranscodeMetrics() {};

  /// So many streams are being encoded now.
  default void running(int transcodes) {}

  /// A worker is ready.
  ///
  /// @param start from its start until then
  default void workerStarted(Duration start) {}

  /// A worker failed, and another is started.
  ///
  /// @param reason of the failure, kebab-case
  default void workerRestarted(String reason) {}

  /// Workers failed too often: the rungs of a stream are over.
  ///
  /// @param reason of the last failure, kebab-case
  default void rungsFailed(String reason) {}

  /// A stream that could have rungs gets none.
  ///
  /// @param reason `no-worker`, `budget` or `overload`
  default void refused(String reason) {}

  /// Encoding does less, or more again.
  ///
  /// @param step what is done now, as in the event
  default void adapted(String step, boolean down) {}

  /// A worker told how it goes; about once a second.
  default void progress(WorkerSample sample) {}

  /// Frames of a source that no picture came of.
  default void framesDropped(long frames) {}
}
