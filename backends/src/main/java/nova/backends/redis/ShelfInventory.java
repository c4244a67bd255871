package nova.backends.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nova.backends.redis.RedisMediaWriter.Stored;
import nova.backends.redis.RedisShelf.Init;
import nova.core.StreamId;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;

/// Compares a shelf with what Redis has: of what is listed, and of all that any node put and none
/// removed. So a node that goes on with a stream knows also what the one before kept for players
/// that are behind.
///
/// *Confined to its publisher's thread.*
final class ShelfInventory {
  private final StreamId stream;
  private final RedisMediaWriter writer;
  private final MediaKeys keys;
  private final SegmentStore segments;
  private final RedisMetrics metrics;
  private final RedisShelf shelf;

  ShelfInventory(
      StreamId stream,
      RedisMediaWriter writer,
      MediaKeys keys,
      SegmentStore segments,
      RedisMetrics metrics,
      RedisShelf shelf) {
    this.stream = stream;
    this.writer = writer;
    this.keys = keys;
    this.segments = segments;
    this.metrics = metrics;
    this.shelf = shelf;
  }

  /// What was found.
  ///
  /// @param listed how many segments should be there
  /// @param missing how many of them are not, or not as a whole
  /// @param emptyNames of media that was put once and is gone
  record Result(int listed, int missing, List<String> emptyNames) {}

  /// Corrects the shelf.
  ///
  /// @throws StoreUnavailableException when Redis does not tell
  Result take(TimelineSnapshot snapshot) throws InterruptedException {
    Map<SegmentKey, TimelineSegment> listed = new LinkedHashMap<>();
    Map<String, SegmentKey> media = new LinkedHashMap<>();
    Map<String, Init> inits = new LinkedHashMap<>();
    for (RenditionTimeline rendition : snapshot.renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        if (!segment.gap()) {
          SegmentKey key =
              new SegmentKey(stream, rendition.id(), segment.epoch(), segment.number());
          listed.put(key, segment);
          media.put(keys.segment(key), key);
          Init init = new Init(rendition.id(), segment.epoch());
          inits.put(keys.init(stream, init), init);
        }
      }
    }
    shelf.segments().forEach(key -> media.put(keys.segment(key), key));
    shelf.inits().forEach(init -> inits.put(keys.init(stream, init), init));
    List<String> names = writer.names(stream);
    for (String name : names) {
      Optional<SegmentKey> segment = keys.segmentNamed(name, stream);
      Optional<Init> init = keys.initNamed(name, stream);
      segment.ifPresent(key -> media.put(name, key));
      init.ifPresent(section -> inits.put(name, section));
      if (segment.isEmpty() && init.isEmpty()) {
        metrics.malformed("media-name");
      }
    }
    List<String> empty = compare(media, inits);
    empty.retainAll(Set.copyOf(names));
    int missing = 0;
    for (Map.Entry<SegmentKey, TimelineSegment> one : listed.entrySet()) {
      missing += isThere(one.getKey(), one.getValue()) ? 0 : 1;
    }
    return new Result(listed.size(), missing, empty);
  }

  /// @return the names of what is not there
  private List<String> compare(Map<String, SegmentKey> media, Map<String, Init> inits)
      throws InterruptedException {
    Set<String> all = new LinkedHashSet<>(media.keySet());
    all.addAll(inits.keySet());
    List<String> empty = new ArrayList<>();
    writer
        .stored(all)
        .forEach(
            (name, found) -> {
              SegmentKey key = media.get(name);
              Init init = inits.get(name);
              if (key != null) {
                put(key, found);
              }
              if (init != null) {
                put(init, found);
              }
              if (found.parts() == 0) {
                empty.add(name);
              }
            });
    return empty;
  }

  private void put(SegmentKey key, Stored found) {
    if (found.parts() == 0) {
      shelf.forget(key);
    } else {
      boolean ours = segments.part(key, 0).isPresent();
      shelf.put(key, found.parts(), found.complete(), found.bytes(), ours);
    }
  }

  private void put(Init init, Stored found) {
    if (found.parts() == 0) {
      shelf.forget(init);
    } else {
      shelf.put(init, (int) found.bytes());
    }
  }

  private boolean isThere(SegmentKey key, TimelineSegment segment) {
    return shelf.parts(key) >= segment.parts().size()
        && (shelf.isComplete(key) || !segment.complete());
  }
}
