package nova.framelog;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.StreamId;

/// [FrameLog] within one process: a bounded ring of entries per stream, in memory.
///
/// *Thread-safe.*
public final class InProcessFrameLog implements FrameLog {
  private final FrameLogConfig config;
  private final ConcurrentMap<StreamId, InProcessStreamLog> streams = new ConcurrentHashMap<>();

  public InProcessFrameLog(FrameLogConfig config) {
    this.config = config;
  }

  @Override
  public FrameLogWriter openWriter(StreamId stream) {
    return log(stream).openWriter();
  }

  @Override
  public FrameLogReader openReader(StreamId stream, LogPosition from) {
    return log(stream).openReader(from);
  }

  @Override
  public void remove(StreamId stream) {
    InProcessStreamLog log = streams.remove(stream);
    if (log != null) {
      log.remove();
    }
  }

  @Override
  public long sizeBytes() {
    return streams.values().stream().mapToLong(InProcessStreamLog::sizeBytes).sum();
  }

  private InProcessStreamLog log(StreamId stream) {
    return streams.computeIfAbsent(stream, id -> new InProcessStreamLog(id, config));
  }
}
