package nova.transcode;

import nova.core.StreamId;
import nova.framelog.pipe.WorkerProgress;

/// Told how the transcoding of streams goes, for metrics and events. Called on the threads of
/// transcoding; must be quick.
///
/// *Thread-safe.*
public interface TranscodeListener {
  /// For whom nothing of it matters.
  TranscodeListener NONE = new TranscodeListener() {};

  /// A worker is ready to do its job.
  ///
  /// @param encoder what encodes, with its version
  default void workerReady(StreamId stream, String encoder) {}

  /// A worker told how it goes.
  default void progress(StreamId stream, WorkerProgress progress) {}

  /// A worker failed, and another will be started.
  default void workerFailed(StreamId stream, WorkerFailure failure) {}

  /// Workers failed too often: the rungs are over, the source goes on.
  default void rungsFailed(StreamId stream, WorkerFailure last) {}
}
