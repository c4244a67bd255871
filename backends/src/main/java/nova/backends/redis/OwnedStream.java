package nova.backends.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import nova.backends.redis.RedisMediaWriter.Outcome;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream that this node copies to Redis: what of it is to be sent, and when it is tried again
/// after that went wrong.
///
/// *Thread-safe*, but [#sync], [#keepHouse] and [#hasBacklog] are for the publisher's thread.
final class OwnedStream {
  private static final Logger log = LoggerFactory.getLogger(OwnedStream.class);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration RETRY_AFTER_FAULT = Duration.ofSeconds(10);

  private final StreamId id;
  private final long token;
  private final Runnable onLost;
  private final Publisher publisher;
  private final Duration mediaTtl;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final StreamCopy copy; // of the publisher's thread, but for whether it has a backlog
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile @Nullable TimelineSnapshot offered; // the newest
  private volatile boolean stale = true; // what Redis has is not known
  private volatile boolean removed; // its packager has forgotten it
  private volatile boolean over; // nothing is to be sent any more
  private volatile boolean waits; // until it is time to try again
  private volatile long retryAtNanos;
  private long keptAtNanos; // of the publisher's thread

  /// What its publisher does for it, on any thread.
  interface Publisher {
    /// Whether Redis is there.
    boolean canSend();

    /// Has [#sync] called soon.
    void enqueue(OwnedStream stream);

    /// Copies the stream no more.
    ///
    /// @return whether it was copied until now
    boolean forget(OwnedStream stream);
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  /// @param token of this node's lease
  /// @param onLost called once, when Redis refuses the token
  /// @param copies makes the stream's copy, which tells what became of each write
  /// @param mediaTtl after which Redis forgets what is not kept
  OwnedStream(
      StreamId id,
      long token,
      Runnable onLost,
      Publisher publisher,
      Function<Consumer<Outcome>, StreamCopy> copies,
      Duration mediaTtl,
      RedisMetrics metrics,
      NanoClock clock) {
    this.id = id;
    this.token = token;
    this.onLost = onLost;
    this.publisher = publisher;
    this.mediaTtl = mediaTtl;
    this.metrics = metrics;
    this.clock = clock;
    this.keptAtNanos = clock.nanoTime();
    this.copy = copies.apply(this::on);
  }

  StreamId id() {
    return id;
  }

  long token() {
    return token;
  }

  /// The packager has put a snapshot.
  void offer(TimelineSnapshot snapshot) {
    offered = snapshot;
    enqueue();
  }

  /// The packager has forgotten the stream.
  void remove() {
    removed = true;
    enqueue();
  }

  /// Has it sent soon, if it does not wait for that by now.
  void enqueue() {
    if (queued.compareAndSet(false, true)) {
      publisher.enqueue(this);
    }
  }

  /// Nothing of it is sent any more.
  void end() {
    over = true;
  }

  /// Redis may lack what was there.
  void lookAgain() {
    stale = true;
    enqueue();
  }

  /// Whether older segments wait, and may be put.
  boolean hasBacklog() {
    return !stale && copy.hasBacklog();
  }

  /// Whether something is left to send.
  boolean isBusy() {
    return queued.get() || waits || (stale && offered != null) || copy.hasBacklog();
  }

  /// Whether all is sent that was put so far.
  boolean isSent() {
    return !isBusy() && !over;
  }

  /// Sends what was put. When Redis is there again, it is queued again.
  void sync() throws InterruptedException {
    queued.set(false);
    if (!over && publisher.canSend() && !waits) {
      guarded(this::send);
    }
  }

  private void send() throws InterruptedException {
    TimelineSnapshot snapshot = offered;
    if (removed) {
      if (copy.remove() == Outcome.FENCED) {
        lose();
      } else {
        over = true;
        boolean _ = publisher.forget(this);
      }
    } else if (snapshot != null) {
      if (stale) {
        stale = false;
        copy.look(snapshot, clock.nanoTime());
      }
      copy.publish(snapshot, clock.nanoTime());
    }
  }

  /// Does what is due: tries again, puts an older segment, and keeps what is there.
  void keepHouse() throws InterruptedException {
    tryAgain();
    if (!over && publisher.canSend() && copy.isThere() && !stale) {
      guarded(copy::putOneOfTheBacklog);
      guarded(this::keep);
    }
  }

  /// Also when the connection said that it is back before it could be used.
  private void tryAgain() {
    if (waits && clock.nanoTime() - retryAtNanos >= 0) {
      waits = false;
    }
    if (!waits && stale && (offered != null || removed) && publisher.canSend()) {
      enqueue();
    }
  }

  private void keep() throws InterruptedException {
    long now = clock.nanoTime();
    if (now - keptAtNanos >= mediaTtl.dividedBy(3).toNanos()) {
      keptAtNanos = now;
      on(copy.keep(now));
    }
  }

  /// A stream that cannot be written must not keep the others from it.
  private void guarded(Step step) throws InterruptedException {
    try {
      step.run();
    } catch (StoreUnavailableException e) {
      log.atDebug().addKeyValue("stream", id).setCause(e).log("Redis did not answer");
      lookAgainAfter(RETRY);
    } catch (RuntimeException | Error e) {
      metrics.failed("publish");
      log.atError().addKeyValue("stream", id).setCause(e).log("stream not published");
      lookAgainAfter(RETRY_AFTER_FAULT);
    }
  }

  private void on(Outcome outcome) {
    switch (outcome) {
      case DONE -> {}
      case FENCED -> lose();
      case GONE -> lookAgain();
      case UNKNOWN -> lookAgainAfter(RETRY);
    }
  }

  private void lookAgainAfter(Duration pause) {
    stale = true;
    retryAtNanos = clock.nanoTime() + pause.toNanos();
    waits = true;
  }

  private void lose() {
    if (publisher.forget(this)) {
      over = true;
      metrics.fenced();
      onLost.run();
    }
  }
}
