package nova.packager;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.RungLogs;
import nova.framelog.RungRun;

/// Logs whose readers get a few entries at a time, as from a live broadcast, although all are
/// there.
///
/// *Thread-safe.*
final class Trickle {
  private static final int MOST = 12;

  private Trickle() {}

  /// @param end until which nobody reads that the stream is over
  static FrameLog of(FrameLog log, long seed, CountDownLatch end) {
    return new FrameLog() {
      @Override
      public FrameLogWriter openWriter(StreamId stream) {
        return log.openWriter(stream);
      }

      @Override
      public FrameLogReader openReader(StreamId stream, LogPosition from) {
        return new Reader(log.openReader(stream, from), seed, end);
      }

      @Override
      public void remove(StreamId stream) {
        // what a dead process still does must not reach the others
      }

      @Override
      public long sizeBytes() {
        return log.sizeBytes();
      }
    };
  }

  static RungLogs of(RungLogs logs, long seed) {
    return new RungLogs() {
      @Override
      public FrameLogWriter openWriter(RungRun run) {
        return logs.openWriter(run);
      }

      @Override
      public FrameLogReader openReader(RungRun run, LogPosition from) {
        return new Reader(logs.openReader(run, from), seed, new CountDownLatch(0));
      }

      @Override
      public void remove(RungRun run) {
        logs.remove(run);
      }

      @Override
      public long sizeBytes() {
        return logs.sizeBytes();
      }
    };
  }

  private static final class Reader implements FrameLogReader {
    private final FrameLogReader reader;
    private final Random random;
    private final Deque<LogEntry> unread = new ArrayDeque<>();

    private final CountDownLatch end;

    Reader(FrameLogReader reader, long seed, CountDownLatch end) {
      this.reader = reader;
      this.end = end;
      this.random = new Random(seed);
    }

    @Override
    public List<LogEntry> read(Duration timeout, Predicate<? super LogEntry> worthWaking)
        throws InterruptedException {
      if (unread.isEmpty()) {
        unread.addAll(reader.read(timeout, worthWaking));
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      List<LogEntry> some = new ArrayList<>();
      for (int left = 1 + random.nextInt(MOST); left > 0 && !unread.isEmpty(); left--) {
        if (unread.getFirst() instanceof StreamClosed) {
          end.await();
        }
        some.add(unread.removeFirst());
      }
      return some;
    }

    @Override
    public boolean ended() {
      return unread.isEmpty() && reader.ended();
    }

    @Override
    public long skippedEntries() {
      return reader.skippedEntries();
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
