package nova.transcode;

import java.time.Duration;
import nova.framelog.pipe.WorkerProgress;

/// Told how the transcoding of one stream goes. Called on the threads of transcoding; must be
/// quick. What it throws counts as a failure of the worker.
///
/// *Thread-safe.*
interface TranscodeListener {
  /// For whom nothing of it matters.
  TranscodeListener NONE = new TranscodeListener() {};

  /// A worker is ready to do its job.
  ///
  /// @param encoder what encodes, with its version
  /// @param start how long it took
  default void workerReady(String encoder, Duration start) {}

  /// A worker told how it goes.
  ///
  /// @param lag the longest since it last did, from a frame's arrival to a rung's frame
  default void progress(WorkerProgress progress, Duration lag) {}

  /// A worker failed, and another will be started.
  default void workerFailed(WorkerFailure failure) {}

  /// The rungs are over.
  default void ended(TranscodeEnd end) {}
}
