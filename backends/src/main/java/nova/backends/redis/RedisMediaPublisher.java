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
import java.util.concurrent.atomic.AtomicLong;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.PosterStore;
import nova.segments.SegmentStore;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
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

  private final ConcurrentMap<StreamId, OwnedStream> streams = new ConcurrentHashMap<>();
  private final BlockingQueue<OwnedStream> changed = new LinkedBlockingQueue<>();
  private final OwnedStream.Publisher ofStreams = new OfStreams();
  private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();
  private final TimelineStore.Registration registration;
  private final Thread thread;
  private long houseKeptAtNanos; // of the thread
  private final AtomicLong turn = new AtomicLong(); // odd while the thread is at work
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
    link.onReconnect(() -> streams.values().forEach(OwnedStream::lookAgain));
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
    OwnedStream owned =
        new OwnedStream(
            stream,
            token,
            onLost,
            ofStreams,
            then ->
                new StreamCopy(
                    stream,
                    token,
                    writer,
                    keys,
                    segments,
                    posters,
                    config.memoryPerStream().bytes(),
                    metrics,
                    then),
            config.mediaTtl(),
            metrics,
            nanoClock);
    OwnedStream before = streams.put(stream, owned);
    if (before != null) {
      before.end();
    }
    timelines.find(stream).ifPresent(owned::offer);
  }

  /// Copies a stream no more, and leaves in Redis what is there. Idempotent.
  public void disown(StreamId stream) {
    OwnedStream owned = streams.remove(stream);
    if (owned != null) {
      owned.end();
    }
  }

  /// Whether a stream is copied.
  public boolean owns(StreamId stream) {
    return streams.containsKey(stream);
  }

  /// The token under which a stream is copied; empty when it is not.
  public OptionalLong token(StreamId stream) {
    OwnedStream owned = streams.get(stream);
    return owned == null ? OptionalLong.empty() : OptionalLong.of(owned.token());
  }

  /// Waits until Redis has all of a stream that was put so far.
  ///
  /// @return false when it has not by then, or the stream is not copied
  public boolean awaitSent(StreamId stream, Duration limit) throws InterruptedException {
    OwnedStream owned = streams.get(stream);
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
    long before = turn.get();
    boolean isAtWork = before % 2 == 1;
    // What was on its way may make a stream busy, so the writer is asked first. A stream that is
    // busy no more may be what the thread works on, which then had another turn.
    return !isAtWork
        && writer.isIdle()
        && streams.values().stream().noneMatch(OwnedStream::isBusy)
        && turn.get() == before;
  }

  private void onChange(TimelineSnapshot snapshot) {
    OwnedStream stream = streams.get(snapshot.stream());
    if (stream == null) {
      return;
    }
    if (timelines.find(snapshot.stream()).isEmpty()) {
      stream.remove();
    } else {
      stream.offer(snapshot);
    }
  }

  private void run() {
    try {
      while (!closing) {
        OwnedStream next = changed.poll(pause().toNanos(), TimeUnit.NANOSECONDS);
        turn.incrementAndGet();
        if (next != null) {
          next.sync();
        }
        if (next == null || isTimeToKeepHouse()) {
          keepHouse();
        }
        writer.flush();
        answerThoseWhoWait();
        turn.incrementAndGet();
      }
      flushOut();
    } catch (InterruptedException _) {
      log.debug("publisher was interrupted");
    }
  }

  private void answerThoseWhoWait() throws InterruptedException {
    if (awaited.stream().anyMatch(one -> one.stream.isSent())) {
      writer.awaitIdle();
      awaited.stream().filter(one -> one.stream.isSent()).forEach(one -> one.sent.countDown());
    }
  }

  /// Older segments are put while nothing newer comes.
  private Duration pause() {
    return link.isOpen() && streams.values().stream().anyMatch(OwnedStream::hasBacklog)
        ? Duration.ZERO
        : HOUSEKEEPING;
  }

  private boolean isTimeToKeepHouse() {
    return nanoClock.nanoTime() - houseKeptAtNanos >= HOUSEKEEPING.toNanos();
  }

  private void keepHouse() throws InterruptedException {
    houseKeptAtNanos = nanoClock.nanoTime();
    for (OwnedStream stream : streams.values()) {
      stream.keepHouse();
    }
  }

  /// Somebody waits until all of a stream is sent.
  private record Awaited(OwnedStream stream, CountDownLatch sent) {}

  private final class OfStreams implements OwnedStream.Publisher {
    @Override
    public boolean canSend() {
      return link.isOpen();
    }

    @Override
    public void enqueue(OwnedStream stream) {
      changed.add(stream);
    }

    @Override
    public boolean forget(OwnedStream stream) {
      return streams.remove(stream.id(), stream);
    }
  }

  /// Sends what is queued when the process ends.
  private void flushOut() throws InterruptedException {
    for (OwnedStream next = changed.poll(); next != null; next = changed.poll()) {
      next.sync();
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
}
