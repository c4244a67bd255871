package nova.transcode;

import java.time.Duration;

/// What transcoding measures.
///
/// *Thread-safe.*
public interface TranscodeMetrics {
  /// Measures nothing.
  TranscodeMetrics NONE =
      new TranscodeMetrics() {
        @Override
        public void running(int transcodes) {}

        @Override
        public void workerStarted(Duration start) {}

        @Override
        public void workerRestarted(String reason) {}

        @Override
        public void rungsFailed(String reason) {}

        @Override
        public void refused(String reason) {}

        @Override
        public void adapted(String step, boolean down) {}

        @Override
        public void progress(WorkerSample sample) {}

        @Override
        public void framesDropped(long frames) {}
      };

  /// So many streams are being encoded now.
  void running(int transcodes);

  /// A worker is ready.
  ///
  /// @param start from its start until then
  void workerStarted(Duration start);

  /// A worker failed, and another is started.
  ///
  /// @param reason of the failure, kebab-case
  void workerRestarted(String reason);

  /// Workers failed too often: the rungs of a stream are over.
  ///
  /// @param reason of the last failure, kebab-case
  void rungsFailed(String reason);

  /// A stream that could have rungs gets none.
  ///
  /// @param reason `no-worker`, `budget` or `overload`
  void refused(String reason);

  /// Encoding does less, or more again.
  ///
  /// @param step what is done now, as in the event
  void adapted(String step, boolean down);

  /// A worker told how it goes; about once a second.
  void progress(WorkerSample sample);

  /// Frames of a source that no picture came of.
  void framesDropped(long frames);
}
