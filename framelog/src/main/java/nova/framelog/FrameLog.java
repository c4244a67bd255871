package nova.framelog;

import nova.core.StreamId;

/// Port: an ordered, bounded log of [LogEntry] per stream.
///
/// *Thread-safe.*
public interface FrameLog {
  /// Opens the stream's only writer. An earlier writer of the stream is fenced: nobody reads what
  /// it appends after the new one's opening, and its append throws [WriterFencedException] as soon
  /// as it can know. The log of a stream begins to exist with its first writer.
  ///
  /// May block for some seconds where the log is kept by another process; never call it on an event
  /// loop.
  ///
  /// @throws LogUnavailableException when the log cannot be written to now
  FrameLogWriter openWriter(StreamId stream);

  /// Opens a reader; does not block. The stream need not have a writer yet; the reader then waits
  /// for one.
  FrameLogReader openReader(StreamId stream, LogPosition from);

  /// Drops everything kept of the stream, ends its readers and fences its writer, in all processes.
  /// Does not block; readers and writers of other processes learn of it a moment later. Idempotent.
  ///
  /// Whoever only lets go of a stream that goes on elsewhere closes its reader instead.
  void remove(StreamId stream);

  /// Bytes held by this process for all streams: payloads and a fixed estimate per entry.
  long sizeBytes();
}
