package nova.framelog;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// [RungLogs] in memory: a bounded ring of entries per run.
///
/// *Thread-safe.*
public final class InProcessRungLogs implements RungLogs {
  private final FrameLogConfig config;
  private final ConcurrentMap<RungRun, InProcessStreamLog> runs = new ConcurrentHashMap<>();

  public InProcessRungLogs(FrameLogConfig config) {
    this.config = config;
  }

  @Override
  public FrameLogWriter openWriter(RungRun run) {
    return log(run).openWriter();
  }

  @Override
  public FrameLogReader openReader(RungRun run, LogPosition from) {
    return log(run).openReader(from);
  }

  @Override
  public void remove(RungRun run) {
    InProcessStreamLog log = runs.remove(run);
    if (log != null) {
      log.remove();
    }
  }

  @Override
  public long sizeBytes() {
    return runs.values().stream().mapToLong(InProcessStreamLog::sizeBytes).sum();
  }

  private InProcessStreamLog log(RungRun run) {
    return runs.computeIfAbsent(run, _ -> new InProcessStreamLog(run.stream(), config));
  }
}
