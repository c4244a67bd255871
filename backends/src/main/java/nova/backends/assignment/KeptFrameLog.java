package nova.backends.assignment;

import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogPosition;

/// The log of all processes, which keeps what it has for its time. A packager that is done with a
/// stream would drop it, although another node may have to package its end again: when this one is
/// gone before viewers have what it made, or has lost the stream and does not know it yet.
///
/// *Thread-safe.*
public final class KeptFrameLog implements FrameLog {
  private final FrameLog log;

  public KeptFrameLog(FrameLog log) {
    this.log = log;
  }

  @Override
  public FrameLogWriter openWriter(StreamId stream) {
    return log.openWriter(stream);
  }

  @Override
  public FrameLogReader openReader(StreamId stream, LogPosition from) {
    return log.openReader(stream, from);
  }

  @Override
  public void remove(StreamId stream) {}

  @Override
  public long sizeBytes() {
    return log.sizeBytes();
  }
}
