package nova.backends.redis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.SegmentKey;
import org.jspecify.annotations.Nullable;

/// What Redis holds of one stream, as far as its publisher knows.
///
/// *Confined to its publisher's thread.*
final class RedisShelf {
  private static final Comparator<SegmentKey> OLDEST_FIRST =
      Comparator.comparingLong(SegmentKey::number)
          .thenComparing(key -> key.rendition().value())
          .thenComparing(SegmentKey::epoch);

  private final TreeMap<SegmentKey, Held> segments = new TreeMap<>(OLDEST_FIRST);
  private final Map<Init, Integer> inits = new HashMap<>();
  private final Map<SegmentKey, Long> unlistedSinceNanos = new HashMap<>(); // those of others
  private long bytes;

  /// An initialization section.
  record Init(RenditionId rendition, Epoch epoch) {}

  /// @param ours whether the store of this process has it, or had
  private record Held(int parts, boolean complete, long bytes, boolean ours) {}

  /// How many parts of a segment are there.
  int parts(SegmentKey key) {
    Held held = segments.get(key);
    return held == null ? 0 : held.parts;
  }

  /// Whether it is known that the segment is complete.
  boolean isComplete(SegmentKey key) {
    Held held = segments.get(key);
    return held != null && held.complete;
  }

  /// A segment has that many parts now.
  ///
  /// @param ours whether this process put it, or could have
  void put(SegmentKey key, int parts, boolean complete, long segmentBytes, boolean ours) {
    Held before = segments.put(key, new Held(parts, complete, segmentBytes, ours));
    bytes += segmentBytes - (before == null ? 0 : before.bytes);
  }

  boolean has(Init init) {
    return inits.containsKey(init);
  }

  void put(Init init, int length) {
    Integer before = inits.put(init, length);
    bytes += length - (before == null ? 0 : before);
  }

  /// Bytes of all that is there.
  long bytes() {
    return bytes;
  }

  List<SegmentKey> segments() {
    return List.copyOf(segments.keySet());
  }

  List<Init> inits() {
    return List.copyOf(inits.keySet());
  }

  /// It is not there, or not known to be.
  void forget(SegmentKey key) {
    Held held = segments.remove(key);
    unlistedSinceNanos.remove(key);
    bytes -= held == null ? 0 : held.bytes;
  }

  void forget(Init init) {
    Integer length = inits.remove(init);
    bytes -= length == null ? 0 : length;
  }

  /// Takes out the segments that this process put and its store has no more.
  ///
  /// @param oldestStored number of the oldest segment that the store has of a rendition
  List<SegmentKey> takeExpired(Function<RenditionId, Optional<Long>> oldestStored) {
    Map<RenditionId, Long> oldest = new HashMap<>();
    List<SegmentKey> expired = new ArrayList<>();
    segments.forEach(
        (key, held) -> {
          long first =
              oldest.computeIfAbsent(
                  key.rendition(), id -> oldestStored.apply(id).orElse(Long.MAX_VALUE));
          if (held.ours && key.number() < first) {
            expired.add(key);
          }
        });
    expired.forEach(this::forget);
    return expired;
  }

  /// Takes out the segments that others put and that have not been listed for so long, as far as is
  /// known here.
  List<SegmentKey> takeExpired(Set<SegmentKey> listed, long nowNanos, long holdNanos) {
    List<SegmentKey> expired = new ArrayList<>();
    segments.forEach(
        (key, held) -> {
          if (held.ours || listed.contains(key)) {
            unlistedSinceNanos.remove(key);
          } else if (nowNanos - unlistedSinceNanos.computeIfAbsent(key, _ -> nowNanos)
              >= holdNanos) {
            expired.add(key);
          }
        });
    expired.forEach(this::forget);
    return expired;
  }

  /// Takes out the oldest complete segments until no more than `cap` bytes are there.
  List<SegmentKey> takeBeyond(long cap) {
    List<SegmentKey> taken = new ArrayList<>();
    @Nullable SegmentKey key = segments.isEmpty() ? null : segments.firstKey();
    while (bytes > cap && key != null) {
      SegmentKey next = segments.higherKey(key);
      if (isComplete(key)) {
        forget(key);
        taken.add(key);
      }
      key = next;
    }
    return taken;
  }

  /// Takes out the oldest complete segments before a number until no more than `cap` bytes are
  /// there; none when that would not do.
  List<SegmentKey> takeOlder(long number, long cap) {
    List<SegmentKey> taken = new ArrayList<>();
    long left = bytes;
    for (Map.Entry<SegmentKey, Held> one : segments.entrySet()) {
      if (left <= cap || one.getKey().number() >= number) {
        break;
      }
      if (one.getValue().complete) {
        taken.add(one.getKey());
        left -= one.getValue().bytes;
      }
    }
    if (left > cap) {
      return List.of();
    }
    taken.forEach(this::forget);
    return taken;
  }

  /// Takes out the initialization sections that no segment needs any more.
  List<Init> takeUnneededInits() {
    Set<Init> needed = new HashSet<>();
    Map<RenditionId, Epoch> newest = new HashMap<>();
    for (SegmentKey key : segments.keySet()) {
      needed.add(new Init(key.rendition(), key.epoch()));
    }
    for (Init init : inits.keySet()) {
      newest.merge(
          init.rendition(), init.epoch(), (one, two) -> one.compareTo(two) > 0 ? one : two);
    }
    List<Init> unneeded = new ArrayList<>();
    for (Init init : inits.keySet()) {
      // The newest is there before its first segment.
      if (!needed.contains(init) && !init.epoch().equals(newest.get(init.rendition()))) {
        unneeded.add(init);
      }
    }
    unneeded.forEach(this::forget);
    return unneeded;
  }
}
