package nova.ingest;

import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogPosition;
import nova.framelog.LogTail;
import nova.framelog.LogUnavailableException;

/// A log that does not take anything while it is away, as one in another process may.
public final class AwayLog {
  public static final String SENTENCE = "The log is away.";

  private volatile boolean away;

  public void goAway() {
    away = true;
  }

  public void comeBack() {
    away = false;
  }

  public FrameLog over(FrameLog log) {
    return new FrameLog() {
      @Override
      public FrameLogWriter openWriter(StreamId stream) {
        requirePresent();
        return new Writer(log.openWriter(stream));
      }

      @Override
      public FrameLogReader openReader(StreamId stream, LogPosition from) {
        return log.openReader(stream, from);
      }

      @Override
      public void remove(StreamId stream) {
        log.remove(stream);
      }

      @Override
      public long sizeBytes() {
        return log.sizeBytes();
      }
    };
  }

  private void requirePresent() {
    if (away) {
      throw new LogUnavailableException(SENTENCE);
    }
  }

  /// Of no use any more once the log was away.
  private final class Writer implements FrameLogWriter {
    private final FrameLogWriter writer;
    private boolean useless;

    Writer(FrameLogWriter writer) {
      this.writer = writer;
    }

    @Override
    public void append(LogEntry entry) {
      useless |= away;
      if (useless) {
        throw new LogUnavailableException(SENTENCE);
      }
      writer.append(entry);
    }

    @Override
    public LogTail tail() {
      return writer.tail();
    }
  }
}
