package nova.control.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.metric.StreamMetrics;
import nova.core.NanoClock;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what happens to streams into the database, in order, on a thread of its own: each
/// transition in one transaction, and every five seconds what was measured.
///
/// While the database is away everything waits here: up to [#MAX_EVENTS] transitions, of which the
/// latest are dropped beyond it, and up to [#MAX_METRICS] measurements, of which the oldest are.
///
/// *Thread-safe.*
public final class StreamJournal implements StreamEvents.Subscriber, AutoCloseable {
  /// Transitions that wait at most; a stream has about five, of some 300 bytes.
  public static final int MAX_EVENTS = 100_000;

  /// Measurements that wait at most, of some 200 bytes.
  public static final int MAX_METRICS = 100_000;

  private static final Logger log = LoggerFactory.getLogger(StreamJournal.class);
  private static final Duration MEASURED_EVERY = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(4);

  private final Database database;
  private final StreamRecorder recorder;
  private final StreamMeasurements measurements;
  private final LiveBroadcasts live;
  private final NanoClock clock;
  private final Thread thread;

  private final int maxEvents;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by the lock.
  private final Deque<StreamEvent> waiting = new ArrayDeque<>();
  private final Deque<Awaited> awaited = new ArrayDeque<>();
  private long dropped;
  private boolean closing;

  /// Who waits for the end of a stream.
  private record Awaited(StreamId stream, CompletableFuture<Void> over) {}

  private StreamJournal(
      Database database,
      StreamRecorder recorder,
      StreamMetrics streamMetrics,
      LiveBroadcasts live,
      NanoClock clock,
      ThreadFactory threads,
      int maxEvents,
      int maxMetrics) {
    this.database = database;
    this.recorder = recorder;
    this.live = live;
    this.clock = clock;
    this.maxEvents = maxEvents;
    this.measurements =
        new StreamMeasurements(database, recorder, streamMetrics, this::stop, maxMetrics);
    this.thread = threads.newThread(this::run);
  }

  /// Begins to write. It must be subscribed before broadcasters are let in.
  public static StreamJournal start(
      Database database,
      StreamRecorder recorder,
      StreamMetrics streamMetrics,
      LiveBroadcasts live,
      NanoClock clock,
      ThreadFactory threads) {
    return start(database, recorder, streamMetrics, live, clock, threads, MAX_EVENTS, MAX_METRICS);
  }

  static StreamJournal start(
      Database database,
      StreamRecorder recorder,
      StreamMetrics streamMetrics,
      LiveBroadcasts live,
      NanoClock clock,
      ThreadFactory threads,
      int maxEvents,
      int maxMetrics) {
    StreamJournal journal =
        new StreamJournal(
            database, recorder, streamMetrics, live, clock, threads, maxEvents, maxMetrics);
    journal.thread.setName("stream-journal");
    journal.thread.start();
    return journal;
  }

  @Override
  public void onEvent(StreamEvent event) {
    if (event instanceof StreamEvent.StreamMeasured measurement) {
      measurements.add(measurement);
    } else if (isWritten(event)) {
      append(event);
    }
  }

  /// Hears what other servers say. Only a stage that cannot carry a stream on has something to say
  /// of one that this server records: what else becomes of the stream, this server decides.
  public void onEventElsewhere(StreamEvent event) {
    if (event instanceof StreamEvent.StreamError error && error.health().isEmpty()) {
      append(event);
    }
  }

  private void append(StreamEvent event) {
    lock.lock();
    try {
      if (waiting.size() >= maxEvents) {
        dropped++;
      } else {
        waiting.addLast(event);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Transitions that wait to be written.
  public int backlog() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /// Transitions that were never written because too many waited.
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// Measurements that were never written because too many waited.
  public long droppedMeasurements() {
    return measurements.dropped();
  }

  /// Complete when the end of a stream, which is still to come, is written; to be cancelled by
  /// whoever waits no longer.
  CompletableFuture<Void> whenOver(StreamId stream) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    lock.lock();
    try {
      boolean _ = awaited.removeIf(waiter -> waiter.over().isDone());
      awaited.addLast(new Awaited(stream, over));
    } finally {
      lock.unlock();
    }
    return over;
  }

  private static boolean isWritten(StreamEvent event) {
    return switch (event) {
      case StreamEvent.StreamStarted _,
          StreamEvent.StreamMoved _,
          StreamEvent.EpochBegan _,
          StreamEvent.StreamRecovering _,
          StreamEvent.StreamResumed _,
          StreamEvent.StreamEnded _,
          StreamEvent.StreamError _ ->
          true;
      case StreamEvent.StreamMeasured _,
          StreamEvent.StreamStopRequested _,
          StreamEvent.SegmentGenerated _,
          StreamEvent.LadderChanged _,
          StreamEvent.RungStarted _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ ->
          false;
    };
  }

  private void run() {
    long flushNs = clock.nanoTime() + MEASURED_EVERY.toNanos();
    long toldDropped = 0;
    long toldPoints = 0;
    try {
      while (true) {
        StreamEvent next = await(flushNs);
        boolean written = true;
        if (next != null) {
          written = write(next);
        }
        if (clock.nanoTime() - flushNs >= 0) {
          written &= measurements.flush();
          flushNs = clock.nanoTime() + MEASURED_EVERY.toNanos();
          toldDropped = tellDropped(toldDropped, dropped(), "events");
          toldPoints = tellDropped(toldPoints, droppedMeasurements(), "measurements");
        }
        if (next == null && isClosing()) {
          boolean _ = measurements.flush();
          return;
        }
        if (!written && pause()) {
          return;
        }
      }
    } catch (InterruptedException _) {
      log.debug("the journal of streams was interrupted");
    } finally {
      tellLost();
    }
  }

  /// The next event, which stays until it is written; null when something else is due.
  private @Nullable StreamEvent await(long untilNs) throws InterruptedException {
    lock.lock();
    try {
      long left = untilNs - clock.nanoTime();
      while (waiting.isEmpty() && !closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      return waiting.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /// @return whether it is written, or never will be
  private boolean write(StreamEvent event) {
    try {
      StreamRecorder.Written written =
          database.inTransaction(handle -> recorder.write(handle, event));
      written.forget().ifPresent(Runnable::run);
      written.stop().ifPresent(reason -> stop(event.stream(), reason));
    } catch (DatabaseAwayException e) {
      log.debug("an event waits for the database", e);
      return false;
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      log.atError()
          .addKeyValue("stream", event.stream())
          .addKeyValue("event", event.getClass().getSimpleName())
          .setCause(e)
          .log("an event could not be written");
    }
    written(event);
    return true;
  }

  private void stop(StreamId stream, String reason) {
    var _ = live.stop(stream, reason);
  }

  private void written(StreamEvent event) {
    boolean over =
        event instanceof StreamEvent.StreamEnded || event instanceof StreamEvent.StreamError;
    if (over) {
      measurements.over(event.stream());
    }
    List<Awaited> told = List.of();
    lock.lock();
    try {
      StreamEvent _ = waiting.removeFirst();
      if (over) {
        told = awaited.stream().filter(one -> one.stream().equals(event.stream())).toList();
      }
    } finally {
      lock.unlock();
    }
    told.forEach(waiter -> waiter.over().complete(null));
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /// Rests before the database is asked again.
  ///
  /// @return whether the journal closes instead
  private boolean pause() throws InterruptedException {
    lock.lock();
    try {
      long left = AGAIN.toNanos();
      while (!closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private static long tellDropped(long told, long now, String what) {
    if (now > told) {
      log.error(
          "{} {} of streams were dropped: the database has been away for too long",
          now - told,
          what);
    }
    return now;
  }

  private void tellLost() {
    int lost = backlog();
    if (lost > 0) {
      log.error("{} events of streams were not written: the database is away", lost);
    }
  }

  /// Writes what waits, within [#STOP_TIMEOUT], and stops.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
