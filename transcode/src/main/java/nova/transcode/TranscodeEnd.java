package nova.transcode;

/// Why a transcode is over.
///
/// *Immutable.*
sealed interface TranscodeEnd {
  /// The source's log was closed.
  record SourceOver() implements TranscodeEnd {}

  /// The source goes on with another format than the rungs were planned for.
  record SourceChanged() implements TranscodeEnd {}

  /// Workers failed too often, or in a way that another would fail in as well.
  record Failed(WorkerFailure last) implements TranscodeEnd {}

  /// It was told to stop.
  record Stopped() implements TranscodeEnd {}
}
