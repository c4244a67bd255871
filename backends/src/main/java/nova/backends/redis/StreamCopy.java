package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import nova.backends.redis.RedisMediaWriter.Outcome;
import nova.backends.redis.RedisShelf.Init;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.Poster;
import nova.segments.PosterStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineDelta;
import nova.segments.TimelineDelta.RenditionChange;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream on its way to Redis: what is known to be there, and how the rest gets there.
///
/// *Confined to its publisher's thread*, but for [#hasBacklog].
final class StreamCopy {
  private static final Logger log = LoggerFactory.getLogger(StreamCopy.class);
  private static final int URGENT_SEGMENTS = 4; // of each rendition: what players at the edge need
  private static final int BATCH_BYTES = 1 << 20;
  private static final Comparator<Waiting> NEWEST_FIRST =
      Comparator.comparingLong((Waiting one) -> one.segment.number()).reversed();

  private final StreamId stream;
  private final long token;
  private final RedisMediaWriter writer;
  private final MediaKeys keys;
  private final SegmentStore segments;
  private final PosterStore posters;
  private final long capBytes;
  private final RedisMetrics metrics;
  private final Consumer<Outcome> then;

  private final RedisShelf shelf = new RedisShelf();
  private final ShelfInventory inventory;
  private final Deque<Waiting> backlog = new ArrayDeque<>(); // missing, the newest first
  private volatile int backlogSize; // of it, for other threads
  private @Nullable TimelineSnapshot sent; // there when all that was sent has arrived
  private @Nullable Instant posterSent;
  private boolean known; // whether Redis was looked at before
  private Duration hold = Duration.ZERO; // how long players may want what is listed no more

  /// An older segment, which is put when nothing newer is left to put.
  private record Waiting(RenditionId rendition, TimelineSegment segment) {}

  /// @param token of this node's lease
  /// @param capBytes of the stream in Redis
  /// @param then told what became of each write, on any thread
  StreamCopy(
      StreamId stream,
      long token,
      RedisMediaWriter writer,
      MediaKeys keys,
      SegmentStore segments,
      PosterStore posters,
      long capBytes,
      RedisMetrics metrics,
      Consumer<Outcome> then) {
    this.stream = stream;
    this.token = token;
    this.writer = writer;
    this.keys = keys;
    this.segments = segments;
    this.posters = posters;
    this.capBytes = capBytes;
    this.metrics = metrics;
    this.then = then;
    this.inventory = new ShelfInventory(stream, writer, keys, segments, metrics, shelf);
  }

  /// Whether older segments wait to be put.
  boolean hasBacklog() {
    return backlogSize > 0;
  }

  /// Whether there is a timeline, or will be.
  boolean isThere() {
    return sent != null;
  }

  /// Learns what is there of the stream, and that Redis takes something; only then anything is put,
  /// or all media would be sent in vain again and again.
  ///
  /// @param nowNanos as of [#publish]
  /// @throws StoreUnavailableException when Redis does not tell, or takes nothing
  void look(TimelineSnapshot snapshot, long nowNanos) throws InterruptedException {
    writer.teachScripts();
    sent = null;
    posterSent = null;
    backlog.clear();
    backlogSize = 0;
    ShelfInventory.Result found = inventory.take(snapshot);
    if (known && found.missing() > 0) {
      metrics.republished();
      log.atInfo()
          .addKeyValue("stream", stream)
          .log(
              "Redis lacks {} of {} segments; they are put again", found.missing(), found.listed());
    }
    known = true;
    writer.remove(stream, token, found.emptyNames(), then);
    trim(snapshot, nowNanos); // also when it takes nothing as it is full
    writer.indexNow(stream);
  }

  /// Puts what a snapshot names and Redis has not, and then the snapshot, if it is a new one.
  ///
  /// @param nowNanos time by which segments that are listed no more go
  void publish(TimelineSnapshot snapshot, long nowNanos) throws InterruptedException {
    TimelineSnapshot before = sent;
    if (before == null) {
      Map<String, Integer> lastParts = putNewest(snapshot);
      TimelineNotice notice = new TimelineNotice.Replaced(stream, token, snapshot.version());
      writer.putTimeline(snapshot, token, notice, true, lastParts, then);
      sent = snapshot;
      trim(snapshot, nowNanos);
    } else if (snapshot.version() > before.version()) {
      TimelineDelta delta = TimelineDelta.between(before, snapshot);
      Map<String, Integer> lastParts = new LinkedHashMap<>();
      boolean completed = putChanged(delta, lastParts);
      writer.putTimeline(
          snapshot, token, new TimelineNotice.Changed(token, delta), false, lastParts, then);
      sent = snapshot;
      if (completed) {
        trim(snapshot, nowNanos);
      }
    }
    putPoster();
  }

  private Map<String, Integer> putNewest(TimelineSnapshot snapshot) throws InterruptedException {
    Map<String, Integer> lastParts = new LinkedHashMap<>();
    List<Waiting> older = new ArrayList<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      List<TimelineSegment> all = rendition.segments();
      int urgent = Math.max(0, all.size() - URGENT_SEGMENTS);
      for (TimelineSegment segment : all.subList(urgent, all.size())) {
        put(rendition.id(), segment, lastParts);
      }
      for (TimelineSegment segment : all.subList(0, urgent)) {
        if (isMissing(rendition.id(), segment)) {
          older.add(new Waiting(rendition.id(), segment));
        }
      }
    }
    older.sort(NEWEST_FIRST);
    backlog.addAll(older);
    backlogSize = backlog.size();
    return lastParts;
  }

  /// @return whether a segment is complete
  private boolean putChanged(TimelineDelta delta, Map<String, Integer> lastParts)
      throws InterruptedException {
    boolean completed = false;
    for (RenditionChange change : delta.renditions()) {
      RenditionTimeline grown =
          switch (change) {
            case RenditionChange.Kept _ -> null;
            case RenditionChange.Changed changed -> changed.rest();
            case RenditionChange.Added(RenditionTimeline timeline) -> timeline;
          };
      if (grown != null) {
        for (TimelineSegment segment : grown.segments()) {
          put(grown.id(), segment, lastParts);
          completed |= segment.complete();
        }
      }
    }
    return completed;
  }

  /// Puts one older segment, if Redis has it not, in place of yet older ones where there is too
  /// much. What is beyond the cap is left out: it would have to go before all that is newer.
  void putOneOfTheBacklog() throws InterruptedException {
    Waiting next = backlog.peek();
    if (next == null) {
      return;
    }
    TimelineSegment segment = next.segment();
    int have = shelf.parts(key(next.rendition(), segment));
    long missing = bytes(segment, segment.parts().size()) - bytes(segment, have);
    evict(shelf.takeOlder(segment.number(), capBytes - missing));
    if (shelf.bytes() + missing > capBytes) {
      backlog.forEach(_ -> metrics.evicted());
      backlog.clear();
    } else {
      backlog.remove();
      put(next.rendition(), segment, new LinkedHashMap<>());
    }
    backlogSize = backlog.size();
  }

  private void evict(List<SegmentKey> segments) throws InterruptedException {
    segments.forEach(_ -> metrics.evicted());
    writer.remove(stream, token, segments.stream().map(keys::segment).toList(), then);
  }

  private boolean isMissing(RenditionId rendition, TimelineSegment segment) {
    SegmentKey key = key(rendition, segment);
    int want = segment.parts().size();
    boolean isThere = shelf.parts(key) >= want && (!segment.complete() || shelf.isComplete(key));
    return !segment.gap() && want > 0 && !isThere;
  }

  /// @param lastParts is told the last part of a segment that got some
  private void put(RenditionId rendition, TimelineSegment segment, Map<String, Integer> lastParts)
      throws InterruptedException {
    if (!isMissing(rendition, segment)) {
      return;
    }
    SegmentKey key = key(rendition, segment);
    int have = shelf.parts(key);
    int want = segment.parts().size();
    List<Bytes> parts = new ArrayList<>();
    for (int part = have; part < want; part++) {
      Optional<Bytes> chunk = segments.part(key, part);
      if (chunk.isEmpty()) {
        // Put by the node before, or gone already: nothing can be done about it here.
        shelf.put(key, want, segment.complete(), bytes(segment, want), false);
        return;
      }
      parts.add(chunk.get());
    }
    putInit(new Init(rendition, segment.epoch()));
    String name = keys.segment(key);
    putParts(name, have, parts, segment.complete() ? want : -1);
    shelf.put(key, want, segment.complete(), bytes(segment, want), true);
    lastParts.put(name, want - 1);
  }

  private void putInit(Init init) throws InterruptedException {
    Bytes section = segments.init(stream, init.rendition(), init.epoch()).orElse(null);
    if (section != null && !shelf.has(init)) {
      writer.putParts(stream, token, name(init), 0, List.of(section), 1, then);
      shelf.put(init, section.length());
    }
  }

  /// In pieces, so that Redis can do other things between them.
  private void putParts(String name, int first, List<Bytes> parts, int all)
      throws InterruptedException {
    int from = 0;
    do {
      int to = from;
      long size = 0;
      while (to < parts.size() && (to == from || size + parts.get(to).length() <= BATCH_BYTES)) {
        size += parts.get(to).length();
        to++;
      }
      int number = to == parts.size() ? all : -1;
      writer.putParts(stream, token, name, first + from, parts.subList(from, to), number, then);
      from = to;
    } while (from < parts.size());
  }

  private void putPoster() throws InterruptedException {
    Poster poster = posters.find(stream).orElse(null);
    if (poster != null && !poster.takenAt().equals(posterSent)) {
      posterSent = poster.takenAt();
      writer.putPoster(stream, token, poster, then);
    }
  }

  /// Removes what the packager's store has no more, and what is too much.
  private void trim(TimelineSnapshot snapshot, long nowNanos) throws InterruptedException {
    Set<SegmentKey> listed = new HashSet<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      rendition.segments().forEach(segment -> listed.add(key(rendition.id(), segment)));
    }
    lengthenHold(snapshot);
    List<SegmentKey> expired = new ArrayList<>();
    expired.addAll(shelf.takeExpired(listed, nowNanos, hold.toNanos()));
    expired.addAll(shelf.takeExpired(id -> oldestStored(snapshot, id)));
    List<SegmentKey> tooMuch = shelf.takeBeyond(capBytes);
    tooMuch.forEach(_ -> metrics.evicted());
    expired.addAll(tooMuch);
    List<String> names = new ArrayList<>();
    expired.forEach(key -> names.add(keys.segment(key)));
    shelf.takeUnneededInits().forEach(init -> names.add(name(init)));
    writer.remove(stream, token, names, then);
  }

  /// A rendition that is listed and of which nothing is stored is not expired: the stream was
  /// handed on, and this node has forgotten it.
  private Optional<Long> oldestStored(TimelineSnapshot snapshot, RenditionId rendition) {
    return segments
        .oldestSegment(stream, rendition)
        .or(() -> snapshot.rendition(rendition).map(_ -> 0L));
  }

  /// Players may hold an old playlist: the longest there was, and be two target durations behind.
  ///
  /// Spec: rfc8216bis-22 §6.2.2 (live playlists).
  private void lengthenHold(TimelineSnapshot snapshot) {
    for (RenditionTimeline rendition : snapshot.renditions()) {
      long listed = rendition.segments().stream().mapToLong(TimelineSegment::duration).sum();
      Duration needed =
          rendition
              .timescale()
              .toDuration(listed)
              .plusSeconds(2L * rendition.targetDurationSeconds());
      hold = needed.compareTo(hold) > 0 ? needed : hold;
    }
  }

  /// Keeps everything for longer that players may want, also of a stream that stands still.
  ///
  /// @param nowNanos as of [#publish]
  /// @return what became of it: gone when something is not there
  /// @throws StoreUnavailableException when Redis does not tell
  Outcome keep(long nowNanos) throws InterruptedException {
    if (sent != null) {
      trim(sent, nowNanos);
    }
    Map<String, Runnable> media = new LinkedHashMap<>();
    for (SegmentKey key : shelf.segments()) {
      media.put(keys.segment(key), () -> shelf.forget(key));
    }
    for (Init init : shelf.inits()) {
      media.put(name(init), () -> shelf.forget(init));
    }
    media.put(keys.timeline(stream), () -> sent = null);
    if (posterSent != null) {
      media.put(keys.poster(stream), () -> posterSent = null);
    }
    List<String> gone = writer.keep(stream, token, List.copyOf(media.keySet()));
    writer.index(stream);
    for (String name : gone) {
      Runnable forget = media.get(name);
      if (forget == null) {
        return Outcome.FENCED;
      }
      forget.run();
    }
    return gone.isEmpty() ? Outcome.DONE : Outcome.GONE;
  }

  /// Removes the stream from Redis.
  ///
  /// @throws StoreUnavailableException when Redis does not say that it is done
  Outcome remove() throws InterruptedException {
    List<String> media = new ArrayList<>();
    shelf.segments().forEach(key -> media.add(keys.segment(key)));
    shelf.inits().forEach(init -> media.add(name(init)));
    writer.teachScripts();
    writer.remove(stream, token, media, _ -> {});
    return writer.removeStream(stream, token);
  }

  private SegmentKey key(RenditionId rendition, TimelineSegment segment) {
    return new SegmentKey(stream, rendition, segment.epoch(), segment.number());
  }

  private String name(Init init) {
    return keys.init(stream, init);
  }

  private static long bytes(TimelineSegment segment, int parts) {
    long sum = 0;
    for (int part = 0; part < Math.min(parts, segment.parts().size()); part++) {
      sum += segment.parts().get(part).sizeBytes();
    }
    return sum;
  }
}
