package nova.framelog;

/// The appending end of one stream's log. Does not block: what exceeds the log's cap pushes out the
/// oldest group of pictures, and what a log in another process does not take in time is refused.
///
/// *Confined to its session's thread.*
public interface FrameLogWriter {
  /// Appends one entry. Readers see it after return, or a moment later where the log is kept by
  /// another process; in the order of the calls in any case.
  ///
  /// @throws WriterFencedException when another writer of the stream was opened since, or the log
  ///   was removed
  /// @throws LogUnavailableException when the log does not take it; this writer is of no use then,
  ///   and throws the same again
  void append(LogEntry entry);

  /// Where the log stands, with the entries of earlier writers and of this one, so that numbers go
  /// on. Known even when all frames were pushed out.
  LogTail tail();
}
