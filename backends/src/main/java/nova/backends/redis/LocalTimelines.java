package nova.backends.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineDelta;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The timelines of Redis as this process knows them, and the store that shows them to it.
///
/// What is known is ordered by token and then by version: a later holder of a stream's lease has
/// the last word, also when it counts from anew because it found nothing to go on from. Versions in
/// the store rise all the same: then they are those of Redis and a shift.
///
/// *Confined to the replica's thread.*
final class LocalTimelines {
  private static final Logger log = LoggerFactory.getLogger(LocalTimelines.class);
  private static final int REMOVED_REMEMBERED = 10_000;

  private final TimelineStore store;
  private final NanoClock clock;
  private final Map<StreamId, Known> known = new HashMap<>();
  private final Set<StreamId> elsewhere = new HashSet<>(); // shown from there since Redis told any
  private final Map<StreamId, Long> removed = new LinkedHashMap<>(); // tokens, the oldest first

  /// @param snapshot as Redis has it
  /// @param shift of the versions in the store
  /// @param heardAtNanos when Redis told it
  private record Known(long token, TimelineSnapshot snapshot, long shift, long heardAtNanos) {}

  /// What became of a delta.
  enum Applied {
    APPLIED,
    /// What is known is as new, or newer.
    OLD,
    /// The timeline has to be read.
    DOES_NOT_FOLLOW
  }

  LocalTimelines(TimelineStore store, NanoClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// The streams that are known.
  Set<StreamId> streams() {
    return Set.copyOf(known.keySet());
  }

  /// The streams that go on, and of which Redis has told nothing new for this long.
  List<StreamId> quietFor(Duration time) {
    return known.keySet().stream().filter(stream -> isQuiet(stream, time)).toList();
  }

  private boolean isQuiet(StreamId stream, Duration time) {
    Known now = known.get(stream);
    return now != null
        && now.snapshot.state() != TimelineState.ENDED
        && clock.nanoTime() - now.heardAtNanos >= time.toNanos();
  }

  /// Whether nothing older than this is known.
  boolean has(StreamId stream, long token, long version) {
    Known now = known.get(stream);
    return isRemoved(stream, token)
        || (now != null
            && (now.token > token || (now.token == token && now.snapshot.version() >= version)));
  }

  /// Takes in what changed.
  Applied apply(long token, TimelineDelta delta) {
    if (has(delta.stream(), token, delta.version())) {
      return Applied.OLD;
    }
    Known now = known.get(delta.stream());
    if (now == null || now.token != token || !delta.follows(now.snapshot)) {
      return Applied.DOES_NOT_FOLLOW;
    }
    put(token, delta.apply(now.snapshot));
    return Applied.APPLIED;
  }

  /// Takes in what was just read, whatever somebody else has put into the store since.
  void restore(long token, TimelineSnapshot snapshot) {
    Known now = known.get(snapshot.stream());
    if (now == null || !has(snapshot.stream(), token, snapshot.version())) {
      put(token, snapshot);
    } else if (!isShown(now)) {
      known.remove(snapshot.stream());
      put(now.token, now.snapshot);
    }
  }

  private boolean isShown(Known now) {
    long version = now.snapshot.version() + now.shift;
    return store
        .find(now.snapshot.stream())
        .map(TimelineSnapshot::version)
        .equals(Optional.of(version));
  }

  /// Takes in a snapshot, unless one as new is known.
  void put(long token, TimelineSnapshot snapshot) {
    StreamId stream = snapshot.stream();
    if (has(stream, token, snapshot.version())) {
      return;
    }
    Known before = known.get(stream);
    long shift = before == null ? 0 : before.shift;
    Optional<TimelineSnapshot> shown = store.find(stream);
    if (before != null && before.token == token && isAhead(shown, snapshot.version() + shift)) {
      known.put(stream, new Known(token, snapshot, shift, clock.nanoTime()));
      return;
    }
    if (elsewhere.remove(stream)) {
      log.atInfo().addKeyValue("stream", stream).log("Redis tells the stream's news again");
    }
    if (shown.equals(Optional.of(shifted(snapshot, shift)))) {
      known.put(stream, new Known(token, snapshot, shift, clock.nanoTime())); // found elsewhere
      return;
    }
    if (shown.isPresent() && snapshot.version() + shift <= shown.get().version()) {
      shift = shown.get().version() + 1 - lowestVersion(snapshot);
    }
    known.put(stream, new Known(token, snapshot, shift, clock.nanoTime()));
    boolean _ = store.put(shifted(snapshot, shift));
  }

  /// What was found elsewhere is not taken back when Redis tells late what came before it.
  private boolean isAhead(Optional<TimelineSnapshot> shown, long version) {
    return shown.isPresent()
        && elsewhere.contains(shown.get().stream())
        && shown.get().version() > version;
  }

  /// Shows a timeline of complete segments that comes from elsewhere while Redis tells nothing, if
  /// it has all that is shown, and more.
  ///
  /// @param silence how long Redis must have told nothing
  /// @return whether it is shown
  boolean show(TimelineSnapshot snapshot, Duration silence) {
    StreamId stream = snapshot.stream();
    Known now = known.get(stream);
    TimelineSnapshot shown = store.find(stream).orElse(null);
    boolean isNews =
        now != null
            && shown != null
            && isQuiet(stream, silence)
            && covers(snapshot, shown)
            && store.put(shifted(snapshot, now.shift));
    if (isNews && elsewhere.add(stream)) {
      log.atInfo()
          .addKeyValue("stream", stream)
          .log("Redis tells nothing new; whole segments come from the media folder");
    }
    return isNews;
  }

  private static boolean covers(TimelineSnapshot snapshot, TimelineSnapshot shown) {
    for (RenditionTimeline rendition : shown.renditions()) {
      List<TimelineSegment> segments = rendition.segments();
      List<TimelineSegment> others =
          snapshot.rendition(rendition.id()).map(RenditionTimeline::segments).orElse(List.of());
      if (!segments.isEmpty()
          && (others.isEmpty() || others.getLast().number() < segments.getLast().number())) {
        return false;
      }
    }
    return true;
  }

  /// Removes a stream whose holder said so.
  ///
  /// @return false when a later holder is known
  boolean remove(StreamId stream, long token) {
    Known now = known.get(stream);
    if (now != null && now.token > token) {
      return false;
    }
    removed.put(stream, token);
    if (removed.size() > REMOVED_REMEMBERED) {
      removed.remove(removed.keySet().iterator().next());
    }
    remove(stream);
    return true;
  }

  /// Removes a stream, which may come back.
  ///
  /// @return whether it was known
  boolean remove(StreamId stream) {
    elsewhere.remove(stream);
    store.remove(stream);
    return known.remove(stream) != null;
  }

  /// What was read before a stream was removed may arrive after.
  private boolean isRemoved(StreamId stream, long token) {
    @Nullable Long by = removed.get(stream);
    return by != null && by >= token;
  }

  /// Not below 0, whatever Redis held.
  private static long lowestVersion(TimelineSnapshot snapshot) {
    long lowest = snapshot.version();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      lowest = Math.min(lowest, rendition.version());
    }
    return Math.max(0, lowest);
  }

  private static TimelineSnapshot shifted(TimelineSnapshot snapshot, long shift) {
    if (shift == 0) {
      return snapshot;
    }
    List<RenditionTimeline> renditions = new ArrayList<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      renditions.add(
          new RenditionTimeline(
              rendition.id(),
              rendition.format(),
              rendition.listed(),
              rendition.version() + shift,
              rendition.timescale(),
              rendition.partTarget(),
              rendition.targetDurationSeconds(),
              rendition.independentSegments(),
              rendition.discontinuitySequence(),
              rendition.segments()));
    }
    return new TimelineSnapshot(
        snapshot.stream(),
        snapshot.channel(),
        snapshot.version() + shift,
        snapshot.state(),
        snapshot.startedAt(),
        snapshot.endedAt(),
        renditions);
  }
}
