package nova.ingest.connection;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nova.ingest.publish.SerialScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs refused connections as one line per reason and second, so that a crowd of scanners or a
/// broken encoder that tries again and again cannot fill the disk.
///
/// *Thread-safe.*
public final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final SerialScheduler scheduler;
  private final Consumer<Refused> lines;
  private final Map<String, Refused> waiting = new LinkedHashMap<>(); // by reason; ours, so few

  /// Connections refused for one reason.
  ///
  /// @param example address of the first of them
  /// @param sentence what that one was told
  record Refused(String reason, int count, String example, String sentence) {
    private Refused plus(Refused other) {
      return new Refused(reason, count + other.count, example, sentence);
    }
  }

  public RefusalLog(SerialScheduler scheduler) {
    this(scheduler, RefusalLog::write);
  }

  RefusalLog(SerialScheduler scheduler, Consumer<Refused> lines) {
    this.scheduler = scheduler;
    this.lines = lines;
  }

  /// A connection was refused; the line that counts it comes within a second.
  public void add(String reason, InetAddress address, String sentence) {
    log.atDebug()
        .addKeyValue("remote", address.getHostAddress())
        .addKeyValue("reason", reason)
        .log("connection refused: {}", sentence);
    boolean first;
    synchronized (this) {
      first = waiting.isEmpty();
      waiting.merge(
          reason, new Refused(reason, 1, address.getHostAddress(), sentence), Refused::plus);
    }
    if (first) {
      scheduler.schedule(INTERVAL, this::flush);
    }
  }

  /// Writes what was not written yet.
  public void flush() {
    List<Refused> due;
    synchronized (this) {
      due = List.copyOf(waiting.values());
      waiting.clear();
    }
    due.forEach(lines);
  }

  private static void write(Refused refused) {
    log.atInfo()
        .addKeyValue("reason", refused.reason())
        .addKeyValue("count", refused.count())
        .addKeyValue("remote", refused.example())
        .log("connections refused: {}", refused.sentence());
  }
}
