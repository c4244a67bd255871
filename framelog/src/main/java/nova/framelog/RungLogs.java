package nova.framelog;

/// Port: the logs of encoded rungs, within the process that transcodes and packages. The entries of
/// a run are those of the source's track with other payloads: the same epochs, segment numbers,
/// cuts and times.
///
/// *Thread-safe.*
public interface RungLogs {
  /// Opens the run's only writer; see [FrameLog#openWriter].
  FrameLogWriter openWriter(RungRun run);

  /// Opens a reader; see [FrameLog#openReader].
  FrameLogReader openReader(RungRun run, LogPosition from);

  /// Drops everything kept of the run, ends its readers and fences its writer. Idempotent.
  void remove(RungRun run);

  /// Bytes held for all runs.
  long sizeBytes();
}
