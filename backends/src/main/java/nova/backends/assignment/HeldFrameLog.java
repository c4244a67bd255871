package nova.backends.assignment;

import nova.backends.redis.StreamLeases;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogPosition;

/// The log of all processes, from which a node drops streams only while it surely carries them: a
/// packager that has lost one, and does not know it yet, would end it for its successor.
///
/// *Thread-safe.*
public final class HeldFrameLog implements FrameLog {
  private final FrameLog log;
  private final StreamLeases leases;

  public HeldFrameLog(FrameLog log, StreamLeases leases) {
    this.log = log;
    this.leases = leases;
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
  public void remove(StreamId stream) {
    if (leases.isSure(stream)) {
      log.remove(stream);
    }
  }

  @Override
  public long sizeBytes() {
    return log.sizeBytes();
  }
}
