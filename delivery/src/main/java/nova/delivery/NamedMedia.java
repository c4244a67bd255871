package nova.delivery;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// Tells media that playlists name, or named lately, from media that none ever did. Only the former
/// is asked for where it is kept: there are few such names, so whoever makes names up troubles
/// nobody.
///
/// *Thread-safe.*
public final class NamedMedia {
  // A segment is kept for a playlist's length and two target durations after it has left: about as
  // many segments as are listed, and more where they were shorter then.
  private static final int OLDER_THAN_LISTED = 2;
  private static final int OLDER_AT_LEAST = 8;

  private static final int PARTS_BEHIND_EDGE = 4; // segments that may have had parts listed

  private static final int MOST_RENDITIONS = 64; // remembered of a stream
  private static final int MOST_PARTS = 1_000; // of a segment whose parts are not known

  private final TimelineStore timelines;
  private final ConcurrentMap<StreamId, Set<RenditionId>> renditions = new ConcurrentHashMap<>();

  public NamedMedia(TimelineStore timelines) {
    this.timelines = timelines;
  }

  /// A timeline has changed. A rung may leave it whose media players still ask for.
  public void changed(TimelineSnapshot snapshot) {
    Set<RenditionId> known =
        renditions.computeIfAbsent(snapshot.stream(), _ -> ConcurrentHashMap.newKeySet());
    for (RenditionTimeline rendition : snapshot.renditions()) {
      if (known.size() < MOST_RENDITIONS) {
        known.add(rendition.id());
      }
    }
  }

  /// A stream is gone.
  public void forget(StreamId stream) {
    renditions.remove(stream);
  }

  /// Whether a playlist names this, or did lately.
  public boolean has(MediaPath path) {
    Optional<TimelineSnapshot> snapshot = timelines.find(path.stream());
    return snapshot.isPresent()
        && switch (path) {
          case MediaPath.Init(StreamId stream, RenditionId rendition, Epoch epoch) ->
              (snapshot.get().rendition(rendition).isPresent() || hasLeft(stream, rendition))
                  && snapshot.get().renditions().stream()
                      .map(RenditionTimeline::segments)
                      .anyMatch(
                          listed ->
                              !listed.isEmpty() && epoch.compareTo(listed.getLast().epoch()) <= 0);
          case MediaPath.Segment(SegmentKey key) -> hasSegment(snapshot.get(), key);
          case MediaPath.Part(SegmentKey key, int part) -> hasPart(snapshot.get(), key, part);
          case MediaPath.StreamPoster _ -> true;
        };
  }

  private boolean hasSegment(TimelineSnapshot snapshot, SegmentKey key) {
    Optional<RenditionTimeline> rendition = snapshot.rendition(key.rendition());
    if (rendition.isPresent()) {
      return hasSegment(rendition.get(), key);
    }
    // All renditions have the same numbers.
    return hasLeft(key.stream(), key.rendition())
        && snapshot.renditions().stream().anyMatch(other -> hasSegment(other, key));
  }

  private static boolean hasSegment(RenditionTimeline rendition, SegmentKey key) {
    return listed(rendition, key).map(TimelineSegment::complete).orElse(isOlder(rendition, key));
  }

  private boolean hasPart(TimelineSnapshot snapshot, SegmentKey key, int part) {
    Optional<RenditionTimeline> rendition = snapshot.rendition(key.rendition());
    if (rendition.isPresent()) {
      return listed(rendition.get(), key)
          .map(found -> part < found.parts().size())
          .orElse(part < MOST_PARTS && hadParts(rendition.get(), key));
    }
    return hasLeft(key.stream(), key.rendition())
        && part < MOST_PARTS
        && snapshot.renditions().stream()
            .anyMatch(other -> listed(other, key).isPresent() || hadParts(other, key));
  }

  /// Whether parts of a segment were listed not long ago, though the segment has left: playlists
  /// become as short as that of a rung that has just begun.
  private static boolean hadParts(RenditionTimeline rendition, SegmentKey key) {
    return isOlder(rendition, key)
        && rendition.segments().getLast().number() - key.number() <= PARTS_BEHIND_EDGE;
  }

  private boolean hasLeft(StreamId stream, RenditionId rendition) {
    return renditions.getOrDefault(stream, Set.of()).contains(rendition);
  }

  /// Whether a segment may have left the playlist not long ago.
  private static boolean isOlder(RenditionTimeline rendition, SegmentKey key) {
    List<TimelineSegment> segments = rendition.segments();
    if (segments.isEmpty()) {
      return false;
    }
    TimelineSegment first = segments.getFirst();
    long older = first.number() - key.number();
    return older > 0
        && older <= Math.max(OLDER_AT_LEAST, (long) OLDER_THAN_LISTED * segments.size())
        && key.epoch().compareTo(first.epoch()) <= 0;
  }

  /// Numbers follow each other.
  private static Optional<TimelineSegment> listed(RenditionTimeline rendition, SegmentKey key) {
    List<TimelineSegment> segments = rendition.segments();
    long index = segments.isEmpty() ? -1 : key.number() - segments.getFirst().number();
    if (index < 0 || index >= segments.size()) {
      return Optional.empty();
    }
    TimelineSegment segment = segments.get((int) index);
    return segment.number() == key.number() && segment.epoch().equals(key.epoch())
        ? Optional.of(segment)
        : Optional.empty();
  }
}
