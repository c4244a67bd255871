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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nova.backends.redis.StoredTimelines.Stored;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The timelines of this process on their way to be those of Redis: takes in notices, reads what
/// notices do not tell, and compares all with Redis now and then.
///
/// *Confined to the replica's thread*, but for [#isFilled] and [#posterTakenAt].
final class ReplicatedTimelines {
  private static final Logger log = LoggerFactory.getLogger(ReplicatedTimelines.class);
  private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final int READS_AT_ONCE = 32;

  private final StoredTimelines stored;
  private final LocalTimelines local;
  private final Predicate<StreamId> carriedHere;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final Duration grace;
  private final Executor thread;

  private final ConcurrentMap<StreamId, Instant> posters = new ConcurrentHashMap<>();
  private final Set<StreamId> toRead = new LinkedHashSet<>();
  private final Map<StreamId, Wanted> reading = new HashMap<>();
  private final Map<StreamId, Long> missingSinceNanos = new HashMap<>();
  private final Set<StreamId> comparing = new HashSet<>();
  private boolean listing;
  private boolean complete; // the newest comparison and what was read since: Redis always answered
  private long compareAtNanos;
  private volatile boolean filled;

  /// @param stored null when there is none, or it is not known
  private record Answer(@Nullable Stored stored, boolean failed) {}

  /// What a notice spoke of while a timeline was being read.
  private record Wanted(long token, long version) {
    boolean isNewerThan(Stored stored) {
      return token > stored.token() || (token == stored.token() && version > stored.version());
    }
  }

  /// @param carriedHere of these streams this process knows better than Redis
  /// @param grace how long a timeline must be missing before it goes
  /// @param thread the one that all methods are called on; runs what is due when Redis has answered
  ReplicatedTimelines(
      StoredTimelines stored,
      LocalTimelines local,
      Predicate<StreamId> carriedHere,
      RedisMetrics metrics,
      NanoClock clock,
      Duration grace,
      Executor thread) {
    this.stored = stored;
    this.local = local;
    this.carriedHere = carriedHere;
    this.metrics = metrics;
    this.clock = clock;
    this.grace = grace;
    this.thread = thread;
    this.compareAtNanos = clock.nanoTime() + COMPARE_EVERY.toNanos();
  }

  /// Whether everything that Redis had, and that can be read, was read once; from any thread.
  boolean isFilled() {
    return filled;
  }

  /// When the poster of a stream was taken; from any thread.
  Optional<Instant> posterTakenAt(StreamId stream) {
    return Optional.ofNullable(posters.get(stream));
  }

  /// The streams that others carry and Redis has told nothing new of for a while: it is away, takes
  /// no writes, or there is nothing new.
  List<StreamId> quiet() {
    return local.quietFor(SILENCE).stream().filter(carriedHere.negate()).toList();
  }

  /// From now on notices come, after a break or for the first time.
  void onSubscribed() {
    // Whoever lost Redis when this process did has not had time to put anything again.
    missingSinceNanos.clear();
    comparing.clear();
    listing = false;
    compareWithin(Duration.ZERO);
  }

  void on(TimelineNotice notice) {
    StreamId stream = notice.stream();
    missingSinceNanos.remove(stream);
    if (carriedHere.test(stream)) {
      onOwn(notice);
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

  /// Of a stream that is carried here only the poster has to be heard of.
  private void onOwn(TimelineNotice notice) {
    switch (notice) {
      case TimelineNotice.PosterTaken poster -> posters.put(poster.stream(), poster.at());
      case TimelineNotice.Removed removed -> posters.remove(removed.stream());
      case TimelineNotice.Changed _, TimelineNotice.Replaced _ -> {}
    }
  }

  private void want(StreamId stream, long token, long version) {
    if (reading.containsKey(stream)) {
      reading.put(stream, new Wanted(token, version));
    } else {
      toRead.add(stream);
    }
  }

  /// Compares all with Redis when this time has gone by, if not sooner.
  void compareWithin(Duration time) {
    long at = clock.nanoTime() + time.toNanos();
    if (at - compareAtNanos < 0) {
      compareAtNanos = at;
    }
  }

  /// How long [#askWhatIsDue] may wait.
  Duration pause() {
    return Duration.ofNanos(Math.clamp(compareAtNanos - clock.nanoTime(), 0, RETRY.toNanos()));
  }

  /// Asks Redis for what it is time to ask.
  void askWhatIsDue() {
    compareWhenDue();
    Iterator<StreamId> next = toRead.iterator();
    while (next.hasNext() && reading.size() < READS_AT_ONCE) {
      StreamId stream = next.next();
      next.remove();
      ask(stored.whole(stream), answer -> onRead(stream, answer));
      reading.put(stream, new Wanted(0, 0));
    }
  }

  private void compareWhenDue() {
    if (clock.nanoTime() - compareAtNanos < 0 || listing || !comparing.isEmpty()) {
      return;
    }
    compareAtNanos = clock.nanoTime() + COMPARE_EVERY.toNanos();
    CompletionStage<Void> _ =
        stored
            .streams()
            .<@Nullable List<StreamId>>handle((streams, _) -> streams)
            .thenAccept(streams -> thread.execute(() -> onListed(streams)));
    listing = true;
  }

  /// @param streams null when Redis did not answer
  private void onListed(@Nullable List<StreamId> streams) {
    listing = false;
    if (streams == null) {
      compareWithin(RETRY);
      return;
    }
    complete = true;
    comparing.addAll(local.streams());
    comparing.addAll(posters.keySet());
    comparing.addAll(streams);
    comparing.forEach(stream -> ask(stored.head(stream), answer -> onCompared(stream, answer)));
    fillWhenDone();
  }

  private void onCompared(StreamId stream, Answer answer) {
    if (!comparing.remove(stream)) {
      return; // of a comparison that was given up
    }
    if (answer.failed) {
      compareAgain();
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

  private void onRead(StreamId stream, Answer answer) {
    Wanted wanted = reading.remove(stream);
    try {
      if (answer.failed) {
        compareAgain();
      } else if (answer.stored != null && !carriedHere.test(stream)) {
        if (wanted != null && wanted.isNewerThan(answer.stored)) {
          toRead.add(stream);
        }
        rememberPoster(stream, answer.stored);
        metrics.timelineRead();
        local.put(answer.stored.token(), answer.stored.snapshot());
      }
    } finally { // also when it cannot be read, as one of another version of Nova
      fillWhenDone();
    }
  }

  /// Redis did not say all: what there is remains to be seen.
  private void compareAgain() {
    complete = false;
    compareWithin(RETRY);
  }

  /// Reads one timeline now, in place of whatever others have put into the store.
  ///
  /// @param done told when the store has what Redis has, or why not
  void refresh(StreamId stream, CompletableFuture<Void> done) {
    ask(stored.whole(stream), answer -> onRefreshed(answer, done));
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
    } catch (RuntimeException e) { // whoever waits decides
      metrics.failed("timeline");
      done.completeExceptionally(e);
    }
  }

  /// Shows what was found elsewhere, unless Redis or this process knows better.
  void fallBack(TimelineSnapshot found) {
    if (!carriedHere.test(found.stream()) && local.show(found, SILENCE)) {
      missingSinceNanos.remove(found.stream()); // it is carried, whatever Redis has lost
    }
  }

  private void fillWhenDone() {
    if (complete && !listing && comparing.isEmpty() && reading.isEmpty() && toRead.isEmpty()) {
      filled = true;
    }
  }

  private void rememberPoster(StreamId stream, Stored timeline) {
    timeline.posterAt().ifPresent(at -> posters.put(stream, at));
  }

  /// Asks, and is told on the thread.
  private void ask(CompletionStage<Optional<Stored>> asked, Consumer<Answer> told) {
    CompletionStage<Void> _ =
        asked
            .handle(
                (stored, failure) -> {
                  if (failure != null) {
                    metrics.failed("timeline");
                  }
                  return failure == null
                      ? new Answer(stored.orElse(null), false)
                      : new Answer(null, true);
                })
            .thenAccept(answer -> thread.execute(() -> told.accept(answer)));
  }
}
