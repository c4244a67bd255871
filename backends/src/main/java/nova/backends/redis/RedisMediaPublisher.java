package nova.backends.redis;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.backends.redis.RedisMediaWriter.Outcome;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.PosterStore;
import nova.segments.SegmentStore;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies what the packager of this process writes into Redis, behind it: new sections and parts,
/// then the timeline that names them, and then a notice.
///
/// The packager never waits. That a stream changed is queued, at most once per stream, and one
/// thread sends what the newest snapshot names and Redis has not. What the packager's stores drop
/// before it was sent is not sent, so they bound what can wait.
///
/// What Redis loses comes back: after its connection broke, and when Redis lacks what should be
/// there, the publisher looks at what is there and puts all that is listed and missing again. The
/// newest segments and the timeline go first, as viewers wait for those.
///
/// *Thread-safe.*
public final class RedisMediaPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisMediaPublisher.class);
  private static final Duration HOUSEKEEPING = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration RETRY_AFTER_FAULT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final RedisConfig config;
  private final RedisLink link;
  private final MediaKeys keys;
  private final RedisMediaWriter writer;
  private final TimelineStore timelines;
  private final SegmentStore segments;
  private final PosterStore posters;
  private final RedisMetrics metrics;
  private final NanoClock nanoClock;

  private final ConcurrentMap<StreamId, Owned> streams = new ConcurrentHashMap<>();
  private final BlockingQueue<Owned> changed = new LinkedBlockingQueue<>();
  private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();
  private final TimelineStore.Registration registration;
  private final Thread thread;
  private long houseKeptAtNanos; // of the thread
  private volatile boolean working;
  private volatile boolean closing;

  private RedisMediaPublisher(
      RedisConnections connections,
      TimelineStore timelines,
      SegmentStore segments,
      PosterStore posters,
      RedisMetrics metrics,
      NanoClock nanoClock,
      ThreadFactory threads) {
    this.config = connections.config();
    this.link = connections.link(RedisArea.MEDIA, "publisher");
    this.keys = new MediaKeys(link.keys());
    this.writer = new RedisMediaWriter(link, config, metrics);
    this.timelines = timelines;
    this.segments = segments;
    this.posters = posters;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.houseKeptAtNanos = nanoClock.nanoTime();
    this.registration = timelines.listen(this::onChange);
    link.onReconnect(() -> streams.values().forEach(Owned::lookAgain));
    this.thread = threads.newThread(this::run);
    thread.setName("redis-publisher");
  }

  /// Starts to copy streams that will be owned.
  ///
  /// @param timelines those of this process's packager, which keeps its output in `segments`
  /// @param posters those of this process
  /// @param threads makes the thread that sends
  /// @throws RedisStartException when Redis cannot be used
  public static RedisMediaPublisher start(
      RedisConnections connections,
      TimelineStore timelines,
      SegmentStore segments,
      PosterStore posters,
      RedisMetrics metrics,
      NanoClock nanoClock,
      ThreadFactory threads) {
    RedisMediaPublisher publisher =
        new RedisMediaPublisher(
            connections, timelines, segments, posters, metrics, nanoClock, threads);
    publisher.thread.start();
    return publisher;
  }

  /// Copies a stream from now on, and what of it is there already. Called before its packager puts
  /// its first snapshot, or after.
  ///
  /// @param token of this node's lease
  /// @param onLost called once, on a thread that must not be kept, when Redis refuses the token:
  ///   the stream is lost to another node, and is copied no more
  public void own(StreamId stream, long token, Runnable onLost) {
    Owned owned = new Owned(stream, token, onLost);
    Owned before = streams.put(stream, owned);
    if (before != null) {
      before.over = true;
    }
    timelines.find(stream).ifPresent(owned::offer);
  }

  /// Copies a stream no more, and leaves in Redis what is there. Idempotent.
  public void disown(StreamId stream) {
    Owned owned = streams.remove(stream);
    if (owned != null) {
      owned.over = true;
    }
  }

  /// Whether a stream is copied.
  public boolean owns(StreamId stream) {
    return streams.containsKey(stream);
  }

  /// The token under which a stream is copied; empty when it is not.
  public OptionalLong token(StreamId stream) {
    Owned owned = streams.get(stream);
    return owned == null ? OptionalLong.empty() : OptionalLong.of(owned.token);
  }

  /// Waits until Redis has all of a stream that was put so far.
  ///
  /// @return false when it has not by then, or the stream is not copied
  public boolean awaitSent(StreamId stream, Duration limit) throws InterruptedException {
    Owned owned = streams.get(stream);
    if (owned == null) {
      return false;
    }
    Awaited awaited = new Awaited(owned, new CountDownLatch(1));
    this.awaited.add(awaited);
    owned.enqueue();
    try {
      return awaited.sent.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      this.awaited.remove(awaited);
    }
  }

  /// Whether nothing is left to send, and nothing on its way.
  public boolean isIdle() {
    return changed.isEmpty()
        && !working
        && streams.values().stream().noneMatch(Owned::isBusy)
        && writer.isIdle();
  }

  private void onChange(TimelineSnapshot snapshot) {
    Owned stream = streams.get(snapshot.stream());
    if (stream == null) {
      return;
    }
    if (timelines.find(snapshot.stream()).isEmpty()) {
      stream.removed = true;
      stream.enqueue();
    } else {
      stream.offer(snapshot);
    }
  }

  private void run() {
    try {
      while (!closing) {
        working = false;
        Owned next = changed.poll(pause().toNanos(), TimeUnit.NANOSECONDS);
        working = true;
        if (next != null) {
          sync(next);
        }
        if (next == null || isTimeToKeepHouse()) {
          keepHouse();
        }
        writer.flush();
        answerThoseWhoWait();
      }
      flushOut();
    } catch (InterruptedException _) {
      log.debug("publisher was interrupted");
    }
  }

  private void answerThoseWhoWait() throws InterruptedException {
    if (!awaited.isEmpty()) {
      writer.awaitIdle();
      awaited.stream()
          .filter(one -> !one.stream.isBusy() && !one.stream.over)
          .forEach(one -> one.sent.countDown());
    }
  }

  /// Older segments are put while nothing newer comes.
  private Duration pause() {
    return link.isOpen() && streams.values().stream().anyMatch(Owned::hasBacklog)
        ? Duration.ZERO
        : HOUSEKEEPING;
  }

  private boolean isTimeToKeepHouse() {
    return nanoClock.nanoTime() - houseKeptAtNanos >= HOUSEKEEPING.toNanos();
  }

  private void keepHouse() throws InterruptedException {
    houseKeptAtNanos = nanoClock.nanoTime();
    for (Owned stream : streams.values()) {
      stream.tryAgain();
      if (link.isOpen() && stream.copy.isThere() && !stream.stale) {
        guarded(stream, () -> stream.copy.putOneOfTheBacklog());
        guarded(stream, () -> keep(stream));
      }
    }
  }

  private void keep(Owned stream) throws InterruptedException {
    long now = nanoClock.nanoTime();
    if (now - stream.keptAtNanos >= config.mediaTtl().dividedBy(3).toNanos()) {
      stream.keptAtNanos = now;
      stream.on(stream.copy.keep());
    }
  }

  private void sync(Owned stream) throws InterruptedException {
    stream.queued.set(false);
    // When the connection is back, all streams are queued again.
    if (!stream.over && link.isOpen() && !stream.waits) {
      guarded(stream, () -> syncNow(stream));
    }
  }

  private void syncNow(Owned stream) throws InterruptedException {
    TimelineSnapshot snapshot = stream.offered;
    if (stream.removed) {
      if (stream.copy.remove() == Outcome.FENCED) {
        stream.lose();
      } else {
        stream.over = true;
        streams.remove(stream.id, stream);
      }
    } else if (snapshot != null) {
      if (stream.stale) {
        stream.stale = false;
        stream.copy.look(snapshot);
      }
      stream.copy.publish(snapshot, nanoClock.nanoTime());
    }
  }

  /// Somebody waits until all of a stream is sent.
  private record Awaited(Owned stream, CountDownLatch sent) {}

  private interface Step {
    void run() throws InterruptedException;
  }

  /// A stream that cannot be written must not keep the others from it.
  private void guarded(Owned stream, Step step) throws InterruptedException {
    try {
      step.run();
    } catch (StoreUnavailableException e) {
      log.atDebug().addKeyValue("stream", stream.id).setCause(e).log("Redis did not answer");
      stream.lookAgainAfter(RETRY);
    } catch (RuntimeException | Error e) {
      metrics.failed("publish");
      log.atError().addKeyValue("stream", stream.id).setCause(e).log("stream not published");
      stream.lookAgainAfter(RETRY_AFTER_FAULT);
    }
  }

  /// Sends what is queued when the process ends.
  private void flushOut() throws InterruptedException {
    for (Owned next = changed.poll(); next != null; next = changed.poll()) {
      sync(next);
    }
    writer.flush();
    writer.awaitIdle();
  }

  /// Sends what is left, for two seconds at most; what was published stays.
  @Override
  public void close() {
    registration.close();
    closing = true;
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /// A stream that this node carries. Its fields are for all threads, except `copy` and
  /// `keptAtNanos`.
  private final class Owned {
    final StreamId id;
    final long token;
    final Runnable onLost;
    final StreamCopy copy;
    final AtomicBoolean queued = new AtomicBoolean();
    volatile @Nullable TimelineSnapshot offered; // the newest
    volatile boolean stale = true; // what Redis has is not known
    volatile boolean removed; // its packager has forgotten it
    volatile boolean over; // nothing is to be sent any more
    volatile boolean waits; // until it is time to try again
    volatile long retryAtNanos;
    long keptAtNanos;

    Owned(StreamId id, long token, Runnable onLost) {
      this.id = id;
      this.token = token;
      this.onLost = onLost;
      this.keptAtNanos = nanoClock.nanoTime();
      this.copy =
          new StreamCopy(
              id,
              token,
              writer,
              keys,
              segments,
              posters,
              config.memoryPerStream().bytes(),
              metrics,
              this::on);
    }

    void offer(TimelineSnapshot snapshot) {
      offered = snapshot;
      enqueue();
    }

    void enqueue() {
      if (queued.compareAndSet(false, true)) {
        changed.add(this);
      }
    }

    void on(Outcome outcome) {
      switch (outcome) {
        case DONE -> {}
        case FENCED -> lose();
        case GONE -> lookAgain();
        case UNKNOWN -> lookAgainAfter(RETRY);
      }
    }

    void lookAgain() {
      stale = true;
      enqueue();
    }

    void lookAgainAfter(Duration pause) {
      stale = true;
      retryAtNanos = nanoClock.nanoTime() + pause.toNanos();
      waits = true;
    }

    /// Also when the connection said that it is back before it could be used.
    void tryAgain() {
      if (waits && nanoClock.nanoTime() - retryAtNanos >= 0) {
        waits = false;
      }
      if (!waits && stale && (offered != null || removed) && link.isOpen()) {
        enqueue();
      }
    }

    void lose() {
      if (streams.remove(id, this)) {
        over = true;
        metrics.fenced();
        onLost.run();
      }
    }

    boolean hasBacklog() {
      return !stale && copy.hasBacklog();
    }

    boolean isBusy() {
      return queued.get() || waits || (stale && offered != null) || copy.hasBacklog();
    }
  }
}
