package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import nova.control.database.RepeatedTask;
import nova.core.NanoClock;
import nova.core.StreamEvent;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells this process each second what was measured elsewhere, as the events that they are where it
/// was.
///
/// A snapshot is not in order with the events of its stream. What matters is that no measurement
/// from before an epoch is told after it began: so whoever needs that subscribes later than this
/// does, and what is older than the epoch is left out. Each measurement is told once.
///
/// *Thread-safe.*
public final class MeasurementsElsewhere implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MeasurementsElsewhere.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration REMEMBERED = Duration.ofMinutes(1); // any snapshot is gone by then

  private final RedisMetricsSnapshots snapshots;
  private final StreamEvents events;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final Map<StreamId, Began> epochs = new HashMap<>(); // guarded by this
  private Map<StreamId, Instant> told = Map.of(); // of the reading thread
  private final StreamEvents.Subscription subscription;
  private final RepeatedTask reading;

  /// @param at when the latest epoch began, by the clock of ingest
  /// @param heardNs when that was heard
  private record Began(Instant at, long heardNs) {}

  private MeasurementsElsewhere(
      RedisMetricsSnapshots snapshots,
      StreamEvents events,
      RedisMetrics metrics,
      NanoClock clock,
      ThreadFactory threads) {
    this.snapshots = snapshots;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
    this.subscription = events.subscribe(this::onEvent);
    this.reading = RepeatedTask.start("measurements", EVERY, EVERY, this::tell, threads);
  }

  /// Begins to tell.
  ///
  /// @param events of this process, on which measurements stay in it
  /// @param threads makes the thread that reads and tells
  public static MeasurementsElsewhere start(
      RedisMetricsSnapshots snapshots,
      StreamEvents events,
      RedisMetrics metrics,
      NanoClock clock,
      ThreadFactory threads) {
    return new MeasurementsElsewhere(snapshots, events, metrics, clock, threads);
  }

  private void onEvent(StreamEvent event) {
    if (event instanceof EpochBegan began) {
      synchronized (this) {
        epochs.put(began.stream(), new Began(began.at(), clock.nanoTime()));
      }
    }
  }

  private void tell() {
    List<StreamMeasured> found;
    try {
      found = RedisAnswers.await(snapshots.list());
    } catch (StoreUnavailableException e) {
      metrics.failed("measurements");
      log.debug("it is not known what was measured", e);
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    forgetEpochs();
    Map<StreamId, Instant> now = new HashMap<>();
    for (StreamMeasured measured : found) {
      now.put(measured.stream(), measured.at());
      if (!measured.at().equals(told.get(measured.stream()))) {
        tell(measured);
      }
    }
    told = now;
  }

  /// An epoch that begins meanwhile waits, and is heard of after it.
  private synchronized void tell(StreamMeasured measured) {
    Began began = epochs.get(measured.stream());
    if (began == null || !measured.at().isBefore(began.at)) {
      events.publish(measured);
    }
  }

  private synchronized void forgetEpochs() {
    long now = clock.nanoTime();
    epochs.values().removeIf(began -> now - began.heardNs >= REMEMBERED.toNanos());
  }

  @Override
  public void close() {
    reading.close();
    subscription.close();
  }
}
