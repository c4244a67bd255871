package nova.framelog.pipe;

import nova.core.RenditionId;
import nova.framelog.LogEntry;

/// One message between the server and a worker. In order:
///
///     server → worker   StartJob (SourceEntry | Adapt)*
///     worker → server   Ready (RungEntry | Progress)* Failed?
///
/// A worker ends by itself after the entry that closes the stream, and at once when its stdin ends
/// before that.
///
/// *Immutable.*
public sealed interface WorkerMessage {
  /// What to do; the first message and the only one of its kind.
  record StartJob(TranscodeJob job) implements WorkerMessage {}

  /// The next entry of the source's log.
  record SourceEntry(LogEntry entry) implements WorkerMessage {}

  /// How much of the job to do from the next segment on.
  record Adapt(Effort effort) implements WorkerMessage {}

  /// The native libraries are loaded and the job can be done.
  ///
  /// @param encoder what encodes, with its version
  record Ready(String encoder) implements WorkerMessage {}

  /// The next entry of a rung's log. Epochs, segment numbers and times are those of the source;
  /// `dts` rises, and a frame that begins a segment is a keyframe.
  record RungEntry(RenditionId rendition, LogEntry entry) implements WorkerMessage {}

  /// How it goes; about once a second while frames come.
  record Progress(WorkerProgress progress) implements WorkerMessage {}

  /// The worker cannot go on and ends.
  ///
  /// @param reason stable kebab-case name for metrics and the API
  /// @param sentence what happened, for the operator
  record Failed(String reason, String sentence) implements WorkerMessage {}
}
