package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the timeline store of this process equal to the timelines in Redis.
///
/// Notices bring what changed. Where they do not follow each other, the timeline is read, once at a
/// time; after the connection broke, when notices came too fast, and every half minute anyway, all
/// are compared ([ReplicatedTimelines]). So a lost notice is made good, whatever lost it.
///
/// A timeline leaves this process when its packager says so. One that is merely not in Redis may be
/// put again, as Redis was emptied: it leaves only when it has been missing for [#GRACE] without a
/// break, and no notice spoke of it.
///
/// *Thread-safe.*
public final class RedisTimelineReplica implements AutoCloseable {
  /// How long a timeline must be missing. A packager whose Redis was emptied has put it again by
  /// then.
  static final Duration GRACE = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(RedisTimelineReplica.class);
  private static final Duration FALL_BACK_EVERY = Duration.ofMillis(500);
  private static final Duration COMPARE_AFTER_FAULT = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
  private static final long MAX_WAITING_BYTES = 16 << 20;

  private final StoredTimelines stored;
  private final RedisSubscription subscription;
  private final ReplicatedTimelines timelines;
  private final TimelineFallback fallback;
  private final RedisMetrics metrics;
  private final NanoClock clock;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong(); // of notices
  private final Thread thread;
  private volatile boolean overflown;
  private volatile boolean closing;
  private long fallBackAtNanos; // of the thread
  private boolean probing; // of the thread
  private final Set<StreamId> askedElsewhere = new HashSet<>(); // of the thread

  private RedisTimelineReplica(
      RedisConnections connections,
      TimelineStore store,
      Predicate<StreamId> carriedHere,
      TimelineFallback fallback,
      RedisMetrics metrics,
      NanoClock clock,
      Duration grace,
      ThreadFactory threads) {
    this.stored = new StoredTimelines(connections.link(RedisArea.MEDIA, "timelines"), metrics);
    this.subscription = connections.subscription("notices");
    this.timelines =
        new ReplicatedTimelines(
            stored,
            new LocalTimelines(store, clock),
            carriedHere,
            metrics,
            clock,
            grace,
            tasks::add);
    this.fallback = fallback;
    this.metrics = metrics;
    this.clock = clock;
    this.fallBackAtNanos = clock.nanoTime() + FALL_BACK_EVERY.toNanos();
    this.thread = threads.newThread(this::run);
    thread.setName("timeline-replica");
  }

  /// Starts to fill a store.
  ///
  /// @param timelines nobody else puts into it, but for the streams that are carried here
  /// @param carriedHere of these streams this process knows better than Redis
  /// @param fallback what to show while Redis tells nothing new
  /// @param threads makes the thread that does
  /// @throws RedisStartException when Redis cannot be used
  public static RedisTimelineReplica start(
      RedisConnections connections,
      TimelineStore timelines,
      Predicate<StreamId> carriedHere,
      TimelineFallback fallback,
      RedisMetrics metrics,
      NanoClock clock,
      ThreadFactory threads) {
    return start(connections, timelines, carriedHere, fallback, metrics, clock, GRACE, threads);
  }

  static RedisTimelineReplica start(
      RedisConnections connections,
      TimelineStore timelines,
      Predicate<StreamId> carriedHere,
      TimelineFallback fallback,
      RedisMetrics metrics,
      NanoClock clock,
      Duration grace,
      ThreadFactory threads) {
    RedisTimelineReplica replica =
        new RedisTimelineReplica(
            connections, timelines, carriedHere, fallback, metrics, clock, grace, threads);
    replica.thread.start();
    replica.listen(new MediaKeys(connections.keys(RedisArea.MEDIA)).channel());
    return replica;
  }

  /// Whether everything that Redis had, and that can be read, was read once: before that, a stream
  /// that is not there may still come.
  public boolean isFilled() {
    return timelines.isFilled();
  }

  /// When the poster of a stream was taken that [RedisMediaReader#poster] finds; empty when there
  /// is none.
  public Optional<Instant> posterTakenAt(StreamId stream) {
    return timelines.posterTakenAt(stream);
  }

  /// Reads one timeline now, for whoever is about to carry the stream on, or has let go of it. What
  /// others have put into the store is then replaced by what Redis has.
  ///
  /// @return complete when the store has what Redis has, if it has anything; fails when Redis
  ///   cannot be asked
  public CompletionStage<Void> refresh(StreamId stream) {
    CompletableFuture<Void> read = new CompletableFuture<>();
    tasks.add(() -> timelines.refresh(stream, read));
    return read;
  }

  private void listen(String channel) {
    subscription.listen(
        channel,
        new RedisSubscription.Listener() {
          @Override
          public void onSubscribed() {
            tasks.add(timelines::onSubscribed);
          }

          @Override
          public void onMessage(Bytes message) {
            onNotice(message);
          }
        });
  }

  private void onNotice(Bytes notice) {
    if (waitingBytes.addAndGet(notice.length()) > MAX_WAITING_BYTES) {
      waitingBytes.addAndGet(-notice.length());
      overflown = true;
    } else {
      tasks.add(
          () -> {
            waitingBytes.addAndGet(-notice.length());
            timelines.on(TimelineNotice.read(notice));
          });
    }
  }

  private void run() {
    try {
      while (!closing) {
        Runnable task = tasks.poll(timelines.pause().toNanos(), TimeUnit.NANOSECONDS);
        if (task != null) {
          guarded(task);
        }
        guarded(this::goOn);
      }
    } catch (InterruptedException _) {
      log.debug("replica was interrupted");
    }
  }

  private void goOn() {
    if (overflown) {
      overflown = false;
      log.warn("notices of timelines come too fast; all are read again");
      timelines.compareWithin(Duration.ZERO);
    }
    timelines.askWhatIsDue();
    fallBackWhenDue();
  }

  /// What one task missed is made good by a comparison.
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (MalformedTimelineException e) {
      metrics.malformed(e.reason());
      log.debug("unreadable timeline", e);
      timelines.compareWithin(COMPARE_AFTER_FAULT);
    } catch (RuntimeException | Error e) {
      metrics.failed("timeline");
      log.atError().setCause(e).log("a change of timelines was not taken in; all are compared");
      timelines.compareWithin(COMPARE_AFTER_FAULT);
    }
  }

  /// While nothing can be written to Redis nobody can take a stream from its holder, so what the
  /// holder has put elsewhere is what comes next. Otherwise silence may be that of a holder that is
  /// being followed by another one, which goes on from what Redis has.
  private void fallBackWhenDue() {
    long now = clock.nanoTime();
    if (now - fallBackAtNanos < 0 || fallback.equals(TimelineFallback.NONE)) {
      return;
    }
    fallBackAtNanos = now + FALL_BACK_EVERY.toNanos();
    if (!stored.areAtHand()) {
      askElsewhere();
    } else if (!probing && !timelines.quiet().isEmpty()) {
      probing = true;
      CompletionStage<Void> _ =
          stored.takeNothing().thenAccept(refused -> tasks.add(() -> onProbed(refused)));
    }
  }

  private void onProbed(boolean refused) {
    probing = false;
    if (refused) {
      askElsewhere();
    }
  }

  private void askElsewhere() {
    timelines.quiet().stream().filter(askedElsewhere::add).forEach(this::askElsewhere);
  }

  private void askElsewhere(StreamId stream) {
    CompletionStage<Void> _ =
        fallback
            .timeline(stream)
            .exceptionally(
                failure -> {
                  log.debug("no fallback for {}", stream, failure);
                  return Optional.empty();
                })
            .thenAccept(found -> tasks.add(() -> onElsewhere(stream, found)));
  }

  private void onElsewhere(StreamId stream, Optional<TimelineSnapshot> found) {
    askedElsewhere.remove(stream);
    found.ifPresent(timelines::fallBack);
  }

  @Override
  public void close() {
    closing = true;
    subscription.close();
    thread.interrupt();
    try {
      boolean _ = thread.join(STOP_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
