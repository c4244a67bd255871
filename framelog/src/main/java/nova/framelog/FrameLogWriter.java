package nova.framelog;

/// The appending end of one stream's log. Does not block: what exceeds the log's cap pushes out the
/// oldest group of pictures.
///
/// *Confined to its session's thread.*
public interface FrameLogWriter {
  /// Appends one entry; visible to readers after return.
  ///
  /// @throws WriterFencedException when another writer of the stream was opened since, or the log
  ///   was removed
  void append(LogEntry entry);

  /// Where the log stands, with the entries of earlier writers and of this one, so that numbers go
  /// on. Known even when all frames were pushed out.
  LogTail tail();
}
