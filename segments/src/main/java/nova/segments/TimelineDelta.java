package nova.segments;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nova.core.StreamId;

/// What turns one snapshot of a stream into a later one.
///
/// `between(before, after).apply(before)` equals `after`, whatever the two are. It is small when
/// they are near each other, as a packager's are: what grew, and how many segments left the
/// windows.
///
/// *Immutable.*
///
/// @param fromVersion of the snapshot that it is applied to
/// @param head the later snapshot without its renditions
/// @param renditions how each of the later snapshot's is made, in its order
public record TimelineDelta(
    long fromVersion, TimelineSnapshot head, List<RenditionChange> renditions) {
  public TimelineDelta {
    renditions = List.copyOf(renditions);
    if (!head.renditions().isEmpty()) {
      throw new IllegalArgumentException("the head of a delta has renditions (expected: none)");
    }
  }

  /// What one rendition of the later snapshot is made of.
  public sealed interface RenditionChange {
    /// One as it was.
    ///
    /// @param index in the earlier snapshot
    record Kept(int index) implements RenditionChange {}

    /// One that is not as it was.
    ///
    /// @param index in the earlier snapshot
    /// @param dropped segments at its beginning that are no longer listed
    /// @param kept segments after them that are as they were
    /// @param rest the later rendition with only the segments that come after those
    record Changed(int index, int dropped, int kept, RenditionTimeline rest)
        implements RenditionChange {}

    /// One that was not there.
    record Added(RenditionTimeline timeline) implements RenditionChange {}
  }

  /// What turns `before` into `after`, both of one stream.
  public static TimelineDelta between(TimelineSnapshot before, TimelineSnapshot after) {
    if (!before.stream().equals(after.stream())) {
      throw new IllegalArgumentException(
          "snapshots of the streams %s and %s (expected: of one)"
              .formatted(before.stream(), after.stream()));
    }
    List<RenditionChange> changes = new ArrayList<>();
    for (RenditionTimeline rendition : after.renditions()) {
      changes.add(change(before.renditions(), rendition));
    }
    return new TimelineDelta(before.version(), after.withRenditions(List.of()), changes);
  }

  public StreamId stream() {
    return head.stream();
  }

  /// The version that it leads to.
  public long version() {
    return head.version();
  }

  /// Whether it can be applied to a snapshot.
  public boolean follows(TimelineSnapshot snapshot) {
    return snapshot.version() == fromVersion && snapshot.stream().equals(stream());
  }

  /// The later snapshot.
  ///
  /// @throws MalformedTimelineException when `before` is not the snapshot that this was made of
  public TimelineSnapshot apply(TimelineSnapshot before) {
    if (!follows(before)) {
      throw new MalformedTimelineException(
          "delta-of-another-timeline",
          "version %d of stream %s (expected: %d of %s)"
              .formatted(before.version(), before.stream(), fromVersion, stream()));
    }
    List<RenditionTimeline> after = new ArrayList<>();
    for (RenditionChange change : renditions) {
      after.add(
          switch (change) {
            case RenditionChange.Kept(int index) -> at(before, index);
            case RenditionChange.Changed changed -> rebuilt(at(before, changed.index()), changed);
            case RenditionChange.Added(RenditionTimeline timeline) -> timeline;
          });
    }
    return head.withRenditions(after);
  }

  // Packagers share what did not change, so most of what Objects.equals sees is one and the same.
  private static RenditionChange change(List<RenditionTimeline> before, RenditionTimeline after) {
    for (int i = 0; i < before.size(); i++) {
      RenditionTimeline candidate = before.get(i);
      if (candidate.id().equals(after.id())) {
        return Objects.equals(candidate, after)
            ? new RenditionChange.Kept(i)
            : changed(i, candidate, after);
      }
    }
    return new RenditionChange.Added(after);
  }

  private static RenditionChange changed(
      int index, RenditionTimeline before, RenditionTimeline after) {
    List<TimelineSegment> was = before.segments();
    List<TimelineSegment> is = after.segments();
    int dropped = 0;
    while (dropped < was.size()
        && (is.isEmpty() || was.get(dropped).number() != is.getFirst().number())) {
      dropped++;
    }
    int kept = 0;
    while (kept < is.size()
        && dropped + kept < was.size()
        && Objects.equals(was.get(dropped + kept), is.get(kept))) {
      kept++;
    }
    return new RenditionChange.Changed(
        index, dropped, kept, after.withSegments(is.subList(kept, is.size())));
  }

  private static RenditionTimeline at(TimelineSnapshot before, int index) {
    if (index < 0 || index >= before.renditions().size()) {
      throw new MalformedTimelineException(
          "bad-timeline",
          "delta with the index %d of a rendition (expected: 0..%d)"
              .formatted(index, before.renditions().size() - 1));
    }
    return before.renditions().get(index);
  }

  private static RenditionTimeline rebuilt(
      RenditionTimeline before, RenditionChange.Changed change) {
    int from = change.dropped();
    long to = (long) from + change.kept();
    if (from < 0 || change.kept() < 0 || to > before.segments().size()) {
      throw new MalformedTimelineException(
          "bad-timeline",
          "delta that keeps the segments %d to %d (expected: within 0..%d)"
              .formatted(from, to, before.segments().size()));
    }
    List<TimelineSegment> segments =
        new ArrayList<>(change.kept() + change.rest().segments().size());
    segments.addAll(before.segments().subList(from, (int) to));
    segments.addAll(change.rest().segments());
    return change.rest().withSegments(segments);
  }
}
