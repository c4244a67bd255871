package nova.control.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.metric.StreamMetric;
import nova.control.metric.StreamMetrics;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was measured of streams, until it is written: the latest of each stream goes into its row
/// and becomes a point of its series, each time that [#flush] is called. Points wait while the
/// database is away, up to a number beyond which the oldest are dropped.
///
/// *Thread-safe; [#over] and [#flush] are for the thread of the journal.*
final class StreamMeasurements {
  private static final Logger log = LoggerFactory.getLogger(StreamMeasurements.class);
  private static final int BATCH = 1_000;

  private final Database database;
  private final StreamRecorder recorder;
  private final StreamMetrics streamMetrics;
  private final BiConsumer<StreamId, String> stop;
  private final int maxPoints;

  private final ReentrantLock lock = new ReentrantLock();
  // All guarded by the lock.
  private final Map<StreamId, StreamMeasured> latest = new LinkedHashMap<>();
  private final Deque<StreamMetric> points = new ArrayDeque<>();
  private long dropped;

  /// @param stop ends a broadcast that may not go on, for a reason
  /// @param maxPoints that wait at most
  StreamMeasurements(
      Database database,
      StreamRecorder recorder,
      StreamMetrics streamMetrics,
      BiConsumer<StreamId, String> stop,
      int maxPoints) {
    this.database = database;
    this.recorder = recorder;
    this.streamMetrics = streamMetrics;
    this.stop = stop;
    this.maxPoints = maxPoints;
  }

  void add(StreamMeasured measurement) {
    lock.lock();
    try {
      latest.put(measurement.stream(), measurement);
    } finally {
      lock.unlock();
    }
  }

  /// The end of a stream is written, with the last counts: what was measured before is a point of
  /// its series all the same.
  void over(StreamId stream) {
    lock.lock();
    try {
      StreamMeasured last = latest.remove(stream);
      if (last != null) {
        addPoint(last);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Points that were never written because too many waited.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// Writes what was measured since the last time.
  ///
  /// @return whether all of it is written, or never will be
  boolean flush() {
    List<StreamMeasured> measurements = takeLatest();
    try {
      togetherOrAlone(measurements, this::count);
      for (List<StreamMetric> batch = batch(); !batch.isEmpty(); batch = batch()) {
        togetherOrAlone(batch, streamMetrics::add);
        remove(batch);
      }
      return true;
    } catch (DatabaseAwayException e) {
      log.debug("measurements wait for the database", e);
      return false;
    }
  }

  private void count(List<StreamMeasured> measurements) {
    Map<StreamId, String> stopped =
        database.inTransaction(
            handle -> {
              Map<StreamId, String> reasons = new LinkedHashMap<>();
              for (StreamMeasured measurement : measurements) {
                recorder
                    .write(handle, measurement)
                    .stop()
                    .ifPresent(reason -> reasons.put(measurement.stream(), reason));
              }
              return reasons;
            });
    stopped.forEach(stop);
  }

  /// Writes all in one transaction, or else each in its own, without those that cannot be written.
  private <T> void togetherOrAlone(List<T> all, Consumer<List<T>> write) {
    if (all.isEmpty()) {
      return;
    }
    try {
      write.accept(all);
    } catch (DatabaseAwayException e) {
      throw e;
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new DatabaseAwayException("the journal was interrupted", e);
      }
      if (all.size() == 1) {
        log.error("what was measured of a stream could not be written", e);
        return;
      }
      all.forEach(one -> togetherOrAlone(List.of(one), write));
    }
  }

  private List<StreamMeasured> takeLatest() {
    lock.lock();
    try {
      List<StreamMeasured> taken = new ArrayList<>(latest.values());
      latest.clear();
      taken.forEach(this::addPoint);
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void addPoint(StreamMeasured measurement) {
    if (points.size() >= maxPoints) {
      StreamMetric _ = points.removeFirst();
      dropped++;
    }
    points.addLast(
        new StreamMetric(
            measurement.stream(), measurement.at(), measurement.health(), Optional.empty()));
  }

  private List<StreamMetric> batch() {
    lock.lock();
    try {
      return points.stream().limit(BATCH).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody but this thread adds or drops points, so these are still the first ones.
  private void remove(List<StreamMetric> written) {
    lock.lock();
    try {
      written.forEach(
          _ -> {
            StreamMetric _ = points.removeFirst();
          });
    } finally {
      lock.unlock();
    }
  }
}
