package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import nova.backends.redis.StoredTimelines.Stored;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the timeline store of this process equal to the timelines in Redis.
///
/// Notices bring what changed. Where they do not follow each other, the timeline is read, once at a
/// time; after the connection broke, when notices came too fast, and every half minute anyway, all
/// are compared. So a lost notice is made good, whatever lost it.
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
  private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);
  private static final Duration FALL_BACK_EVERY = Duration.ofSeconds(1);
  private static final Duration RETRY_UNREADABLE = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
  private static final int READS_AT_ONCE = 32;
  private static final long MAX_WAITING_BYTES = 16 << 20;

  private final String channel;
  private final StoredTimelines stored;
  private final RedisSubscription subscription;
  private final LocalTimelines local;
  private final Predicate<StreamId> carriedHere;
  private final TimelineFallback fallback;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final Duration grace;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final ConcurrentMap<StreamId, Instant> posters = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean overflown;
  private volatile boolean filled;
  private volatile boolean closing;

  // Of the thread:
  private final Set<StreamId> toRead = new LinkedHashSet<>();
  private final Map<StreamId, Wanted> reading = new HashMap<>();
  private final Map<StreamId, Long> missingSinceNanos = new HashMap<>();
  private final Set<StreamId> comparing = new HashSet<>();
  private boolean listing;
  private boolean listed; // at least once
  private long compareAtNanos;
  private long fallBackAtNanos;

  /// What the thread is told.
  private sealed interface Event {
    record Noticed(Bytes notice) implements Event {}

    record Subscribed() implements Event {}

    /// @param streams null when Redis did not answer
    record Listed(@Nullable List<StreamId> streams) implements Event {}

    record Compared(StreamId stream, Answer answer) implements Event {}

    record Read(StreamId stream, Answer answer) implements Event {}

    record Refresh(StreamId stream, CompletableFuture<Void> done) implements Event {}

    record FellBack(TimelineSnapshot snapshot) implements Event {}

    record Refreshed(Answer answer, CompletableFuture<Void> done) implements Event {}
  }

  /// @param stored null when there is none, or it is not known
  private record Answer(@Nullable Stored stored, boolean failed) {}

  /// What a notice spoke of while a timeline was being read.
  private record Wanted(long token, long version) {
    boolean isNewerThan(Stored stored) {
      return token > stored.token() || (token == stored.token() && version > stored.version());
    }
  }

  private RedisTimelineReplica(
      RedisConnections connections,
      TimelineStore timelines,
      Predicate<StreamId> carriedHere,
      TimelineFallback fallback,
      RedisMetrics metrics,
      NanoClock clock,
      Duration grace,
      ThreadFactory threads) {
    this.channel = new MediaKeys(connections.keys(RedisArea.MEDIA)).channel();
    this.stored = new StoredTimelines(connections.link(RedisArea.MEDIA, "timelines"), metrics);
    this.subscription = connections.subscription("notices");
    this.local = new LocalTimelines(timelines);
    this.carriedHere = carriedHere;
    this.fallback = fallback;
    this.metrics = metrics;
    this.clock = clock;
    this.grace = grace;
    this.compareAtNanos = clock.nanoTime() + COMPARE_EVERY.toNanos();
    this.fallBackAtNanos = clock.nanoTime() + FALL_BACK_EVERY.toNanos();
    this.thread = threads.newThread(this::run);
    thread.setName("timeline-replica");
  }

  /// Starts to fill a store.
  ///
  /// @param timelines nobody else puts into it, but for the streams that are carried here
  /// @param carriedHere of these streams this process knows better than Redis
  /// @param fallback what to show while Redis is away
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
    replica.listen();
    return replica;
  }

  /// Whether everything that Redis had was read once: before that, a stream that is not there may
  /// still come.
  public boolean isFilled() {
    return filled;
  }

  /// When the poster of a stream was taken that [RedisMediaReader#poster] finds; empty when there
  /// is none.
  public Optional<Instant> posterTakenAt(StreamId stream) {
    return Optional.ofNullable(posters.get(stream));
  }

  /// Reads one timeline now, for whoever is about to carry the stream on, or has let go of it. What
  /// others have put into the store is then replaced by what Redis has.
  ///
  /// @return complete when the store has what Redis has, if it has anything; fails when Redis
  ///   cannot be asked
  public CompletionStage<Void> refresh(StreamId stream) {
    CompletableFuture<Void> read = new CompletableFuture<>();
    events.add(new Event.Refresh(stream, read));
    return read;
  }

  private void listen() {
    CompletionStage<Void> _ =
        subscription
            .listen(
                channel,
                new RedisSubscription.Listener() {
                  @Override
                  public void onSubscribed() {
                    events.add(new Event.Subscribed());
                  }

                  @Override
                  public void onMessage(Bytes message) {
                    onNotice(message);
                  }
                })
            .exceptionally(
                failure -> {
                  // It is tried again when the connection comes back.
                  log.warn("not subscribed to timelines", failure);
                  return null;
                });
  }

  private void onNotice(Bytes notice) {
    if (waitingBytes.addAndGet(notice.length()) > MAX_WAITING_BYTES) {
      waitingBytes.addAndGet(-notice.length());
      overflown = true;
    } else {
      events.add(new Event.Noticed(notice));
    }
  }

  private void run() {
    try {
      while (!closing) {
        Event event = events.poll(pauseNanos(), TimeUnit.NANOSECONDS);
        if (event != null) {
          guarded(event);
        }
        if (overflown) {
          overflown = false;
          log.warn("notices of timelines come too fast; all are read again");
          compareWithin(Duration.ZERO);
        }
        compareWhenDue();
        readSome();
        fallBackWhenDue();
      }
    } catch (InterruptedException _) {
      log.debug("replica was interrupted");
    }
  }

  private void guarded(Event event) {
    try {
      on(event);
    } catch (MalformedTimelineException e) {
      metrics.malformed(e.reason());
      log.debug("unreadable timeline", e);
      compareWithin(RETRY_UNREADABLE);
    }
  }

  private long pauseNanos() {
    long untilCompare = compareAtNanos - clock.nanoTime();
    return Math.clamp(untilCompare, 0, RETRY.toNanos());
  }

  private void on(Event event) {
    switch (event) {
      case Event.Noticed(Bytes notice) -> {
        waitingBytes.addAndGet(-notice.length());
        on(TimelineNotice.read(notice));
      }
      case Event.Subscribed _ -> {
        // Whoever lost Redis when this process did has not had time to put anything again.
        missingSinceNanos.clear();
        comparing.clear();
        listing = false;
        compareWithin(Duration.ZERO);
      }
      case Event.Listed(List<StreamId> streams) -> onListed(streams);
      case Event.Compared(StreamId stream, Answer answer) -> onCompared(stream, answer);
      case Event.Read(StreamId stream, Answer answer) -> onRead(stream, answer);
      case Event.Refresh(StreamId stream, CompletableFuture<Void> done) ->
          ask(stored.whole(stream), answer -> new Event.Refreshed(answer, done));
      case Event.Refreshed(Answer answer, CompletableFuture<Void> done) ->
          onRefreshed(answer, done);
      case Event.FellBack(TimelineSnapshot snapshot) -> {
        if (!stored.isOpen() && !carriedHere.test(snapshot.stream())) {
          local.show(snapshot);
        }
      }
    }
  }

  private void on(TimelineNotice notice) {
    StreamId stream = notice.stream();
    missingSinceNanos.remove(stream);
    if (carriedHere.test(stream) && !(notice instanceof TimelineNotice.PosterTaken)) {
      return;
    }
    switch (notice) {
      case TimelineNotice.Changed changed -> {
        switch (local.apply(changed.token(), changed.delta())) {
          case APPLIED -> metrics.deltaApplied();
          case OLD -> {}
          case DOES_NOT_FOLLOW -> want(stream, changed.token(), changed.delta().version());
        }
      }
      case TimelineNotice.Replaced replaced -> {
        if (!local.has(stream, replaced.token(), replaced.version())) {
          want(stream, replaced.token(), replaced.version());
        }
      }
      case TimelineNotice.Removed removed -> {
        if (local.remove(stream, removed.token())) {
          posters.remove(stream);
        }
      }
      case TimelineNotice.PosterTaken poster -> posters.put(stream, poster.at());
    }
  }

  private void want(StreamId stream, long token, long version) {
    if (reading.containsKey(stream)) {
      reading.put(stream, new Wanted(token, version));
    } else {
      toRead.add(stream);
    }
  }

  private void compareWithin(Duration time) {
    long at = clock.nanoTime() + time.toNanos();
    if (at - compareAtNanos < 0) {
      compareAtNanos = at;
    }
  }

  private void compareWhenDue() {
    if (clock.nanoTime() - compareAtNanos < 0 || listing || !comparing.isEmpty()) {
      return;
    }
    listing = true;
    compareAtNanos = clock.nanoTime() + COMPARE_EVERY.toNanos();
    CompletionStage<Boolean> _ =
        stored.streams().handle((streams, _) -> events.add(new Event.Listed(streams)));
  }

  private void onListed(@Nullable List<StreamId> streams) {
    listing = false;
    if (streams == null) {
      compareWithin(RETRY);
      return;
    }
    listed = true;
    comparing.addAll(local.streams());
    comparing.addAll(streams);
    comparing.forEach(
        stream -> ask(stored.head(stream), answer -> new Event.Compared(stream, answer)));
    fillWhenDone();
  }

  private void onCompared(StreamId stream, Answer answer) {
    if (!comparing.remove(stream)) {
      return; // of a comparison that was given up
    }
    if (answer.failed) {
      compareWithin(RETRY);
    } else if (carriedHere.test(stream)) {
      missingSinceNanos.remove(stream);
    } else if (answer.stored == null) {
      onMissing(stream);
    } else {
      missingSinceNanos.remove(stream);
      rememberPoster(stream, answer.stored);
      if (!local.has(stream, answer.stored.token(), answer.stored.version())) {
        want(stream, answer.stored.token(), answer.stored.version());
      }
    }
    fillWhenDone();
  }

  private void onMissing(StreamId stream) {
    long now = clock.nanoTime();
    Long since = missingSinceNanos.putIfAbsent(stream, now);
    if (since != null && now - since >= grace.toNanos()) {
      missingSinceNanos.remove(stream);
      posters.remove(stream);
      if (local.remove(stream)) {
        log.atInfo().addKeyValue("stream", stream).log("stream is gone, as nobody carries it");
      }
    }
    compareWithin(grace.dividedBy(4));
  }

  private void readSome() {
    Iterator<StreamId> next = toRead.iterator();
    while (next.hasNext() && reading.size() < READS_AT_ONCE) {
      StreamId stream = next.next();
      next.remove();
      reading.put(stream, new Wanted(0, 0));
      ask(stored.whole(stream), answer -> new Event.Read(stream, answer));
    }
  }

  private void onRead(StreamId stream, Answer answer) {
    Wanted wanted = reading.remove(stream);
    if (answer.failed) {
      compareWithin(RETRY);
    } else if (answer.stored != null && !carriedHere.test(stream)) {
      rememberPoster(stream, answer.stored);
      take(answer.stored);
      if (wanted != null && wanted.isNewerThan(answer.stored)) {
        toRead.add(stream);
      }
    }
    fillWhenDone();
  }

  private void onRefreshed(Answer answer, CompletableFuture<Void> done) {
    try {
      if (answer.failed) {
        throw new StoreUnavailableException("Redis did not answer", new TimeoutException());
      }
      if (answer.stored != null) {
        metrics.timelineRead();
        local.restore(answer.stored.token(), answer.stored.snapshot());
      }
      done.complete(null);
    } catch (MalformedTimelineException | StoreUnavailableException e) {
      metrics.failed("timeline");
      done.completeExceptionally(e);
    }
  }

  private void take(Stored timeline) {
    metrics.timelineRead();
    local.put(timeline.token(), timeline.snapshot());
  }

  private void fallBackWhenDue() {
    long now = clock.nanoTime();
    if (stored.isOpen()) {
      fallBackAtNanos = now + FALL_BACK_EVERY.toNanos();
    } else if (now - fallBackAtNanos >= 0) {
      fallBackAtNanos = now + FALL_BACK_EVERY.toNanos();
      for (StreamId stream : local.streams()) {
        CompletionStage<Void> _ =
            fallback
                .timeline(stream)
                .thenAccept(
                    found -> found.ifPresent(shown -> events.add(new Event.FellBack(shown))))
                .exceptionally(
                    failure -> {
                      log.debug("no fallback for {}", stream, failure);
                      return null;
                    });
      }
    }
  }

  private void fillWhenDone() {
    if (listed && !listing && comparing.isEmpty() && reading.isEmpty() && toRead.isEmpty()) {
      filled = true;
    }
  }

  private void rememberPoster(StreamId stream, Stored timeline) {
    timeline.posterAt().ifPresent(at -> posters.put(stream, at));
  }

  /// Asks, and is told on the thread.
  private void ask(CompletionStage<Optional<Stored>> asked, Function<Answer, Event> event) {
    CompletionStage<Boolean> _ =
        asked.handle(
            (stored, failure) -> {
              if (failure != null) {
                metrics.failed("timeline");
              }
              return events.add(
                  event.apply(
                      failure == null
                          ? new Answer(stored.orElse(null), false)
                          : new Answer(null, true)));
            });
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
