package nova.framelog;

/// The appending end of one stream's log. Does not block: what exceeds the log's cap pushes out the
/// oldest group of pictures.
///
/// *Confined to its session's thread.*
public interface FrameLogWriter {
  /// Appends one entry; visible to readers after return.
  ///
  /// @throws WriterFencedException when another writer of the stream was opened since
  void append(LogEntry entry);

  /// What the log knows of the entries before this writer, so that numbers go on.
  LogTail tail();
}
