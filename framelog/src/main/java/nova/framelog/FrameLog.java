package nova.framelog;

import nova.core.StreamId;

/// Port: an ordered, bounded log of [LogEntry] per stream.
///
/// *Thread-safe.*
public interface FrameLog {
  /// Opens the stream's only writer. An earlier writer of the stream is fenced: its next append
  /// throws [WriterFencedException]. The log of a stream begins to exist with its first writer.
  FrameLogWriter openWriter(StreamId stream);

  /// Opens a reader. The stream need not have a writer yet; the reader then waits for one.
  FrameLogReader openReader(StreamId stream, LogPosition from);

  /// Drops everything kept of the stream, ends its readers and fences its writer. Idempotent.
  void remove(StreamId stream);

  /// Bytes held for all streams: payloads and a fixed estimate per entry.
  long sizeBytes();
}
