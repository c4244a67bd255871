package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.RenditionId;
import nova.core.StreamEvent.SegmentGenerated;
import nova.segments.SegmentKey;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;

/// Collects what a batch of log entries changed, and makes it public at once: one snapshot, then
/// the events and measurements about what it shows.
///
/// *Confined to the holder of its stream's lock.*
final class Publication {
  private final TimelineBuilder timeline;
  private final PackagerPorts ports;
  private final DvrWindow window;
  private final int targetDurationSeconds;
  private final List<Part> parts = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private boolean changed;
  private Instant arrivedAt = Instant.EPOCH;

  Publication(
      TimelineBuilder timeline, PackagerPorts ports, DvrWindow window, int targetDurationSeconds) {
    this.timeline = timeline;
    this.ports = ports;
    this.window = window;
    this.targetDurationSeconds = targetDurationSeconds;
  }

  /// The frame that is being packaged arrived at this time.
  void arrivedAt(Instant instant) {
    arrivedAt = instant;
  }

  /// Something changed that is neither a part nor a segment.
  void changed() {
    changed = true;
  }

  void part(RenditionWindow rendition, TimelinePart part) {
    changed = true;
    parts.add(
        new Part(
            rendition.id(),
            rendition.timescale().toDuration(part.duration()),
            arrivedAt,
            part.sizeBytes()));
  }

  /// Ends the open segment of a rendition with the parts that it has.
  TimelineSegment complete(RenditionWindow rendition) {
    TimelineSegment open = rendition.newest();
    boolean _ =
        ports
            .segments()
            .completeSegment(
                new SegmentKey(timeline.stream(), rendition.id(), open.epoch(), open.number()));
    TimelineSegment done = rendition.completeSegment();
    changed = true;
    segments.add(new Segment(rendition, done));
    return done;
  }

  /// Puts the snapshot and tells of it, if anything changed.
  void publish() {
    if (!changed) {
      return;
    }
    changed = false;
    if (!segments.isEmpty()) {
      slide();
    }
    ports.timelines().put(timeline.snapshot());
    Instant now = ports.clock().instant();
    for (Part part : parts) {
      ports
          .metrics()
          .partPublished(
              part.rendition, part.media, Duration.between(part.arrivedAt, now), part.bytes);
    }
    parts.clear();
    for (Segment done : segments) {
      announce(done.rendition, done.segment, now);
    }
    if (!segments.isEmpty()) {
      segments.clear();
      expire();
    }
  }

  private void announce(RenditionWindow rendition, TimelineSegment segment, Instant now) {
    long duration = segment.duration();
    ports
        .metrics()
        .segmentCompleted(
            rendition.id(), rendition.timescale().toDuration(duration), segment.sizeBytes());
    ports
        .events()
        .publish(
            new SegmentGenerated(
                timeline.stream(),
                now,
                rendition.id(),
                segment.epoch(),
                segment.number(),
                rendition.timescale().toMs(duration, RoundingMode.HALF_UP),
                segment.sizeBytes()));
  }

  /// All renditions list the same numbers: those that fit the window and that the store still has,
  /// as far as this process put them there. Only one that is so far behind that what grows there
  /// has left the others lists that too.
  private void slide() {
    long first = 0;
    for (RenditionWindow rendition : timeline.windows()) {
      if (!rendition.segments().isEmpty()) {
        first = Math.max(first, window.firstListed(rendition.segments(), rendition.timescale()));
        first = Math.max(first, firstStored(rendition));
      }
    }
    for (RenditionWindow rendition : timeline.windows()) {
      rendition.removeBefore(first);
    }
  }

  private long firstStored(RenditionWindow rendition) {
    Optional<Long> oldest = ports.segments().oldestSegment(timeline.stream(), rendition.id());
    long first = 0;
    if (oldest.isPresent()) {
      for (TimelineSegment segment : rendition.segments()) {
        boolean ownSegment = !segment.gap() && segment.number() > rendition.restoredThrough();
        if (ownSegment && segment.number() < oldest.get()) {
          first = segment.number() + 1;
        }
      }
    }
    return first;
  }

  private void expire() {
    double storedSeconds = window.storedSeconds(targetDurationSeconds);
    Duration end = timeline.end();
    for (RenditionWindow rendition : timeline.storedWindows()) {
      rendition
          .expired(storedSeconds, end)
          .ifPresent(
              below ->
                  ports.segments().removeSegmentsBefore(timeline.stream(), rendition.id(), below));
    }
    timeline.forgetExpired();
  }

  private record Part(RenditionId rendition, Duration media, Instant arrivedAt, int bytes) {}

  private record Segment(RenditionWindow rendition, TimelineSegment segment) {}
}
