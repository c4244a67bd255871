package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nova.core.RenditionId;
import nova.segments.RenditionTimeline;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;

/// What tests ask of timelines.
///
/// *Thread-safe.*
final class Timelines {
  private Timelines() {}

  static void assertPartsKeepToTheTarget(String what, RenditionTimeline rendition) {
    for (TimelineSegment segment : rendition.segments()) {
      List<TimelinePart> parts = segment.parts();
      for (int i = 0; i < parts.size(); i++) {
        double part = rendition.timescale().toSeconds(parts.get(i).duration());
        assertThat(part).as("%s %s part %d", what, rendition.id(), i).isLessThanOrEqualTo(0.334);
        if (i < parts.size() - 1) {
          assertThat(part)
              .as("%s %s part %d of %s", what, rendition.id(), i, segment)
              .isGreaterThanOrEqualTo(0.85 * 0.334);
        }
      }
    }
  }

  static List<Long> numbers(TimelineSnapshot snapshot, RenditionId rendition) {
    return snapshot.rendition(rendition).orElseThrow().segments().stream()
        .map(TimelineSegment::number)
        .toList();
  }

  static List<Long> discontinuities(TimelineSnapshot snapshot, RenditionId rendition) {
    return snapshot.rendition(rendition).orElseThrow().segments().stream()
        .filter(TimelineSegment::discontinuity)
        .map(TimelineSegment::number)
        .toList();
  }

  static List<Long> gaps(TimelineSnapshot snapshot, RenditionId rendition) {
    return snapshot.rendition(rendition).orElseThrow().segments().stream()
        .filter(TimelineSegment::gap)
        .map(TimelineSegment::number)
        .toList();
  }

  /// A rung's segments are those of the source: epochs, starts, dates, ends, and the discontinuity
  /// sequence number of each.
  static void assertAligned(TimelineSnapshot snapshot, RenditionId rung) {
    RenditionTimeline source = snapshot.rendition(new RenditionId("source")).orElseThrow();
    RenditionTimeline encoded = snapshot.rendition(rung).orElseThrow();
    long sequence = encoded.discontinuitySequence();
    for (int i = 0; i < encoded.segments().size(); i++) {
      TimelineSegment segment = encoded.segments().get(i);
      assertThat(segment.number()).isEqualTo(encoded.segments().getFirst().number() + i);
      TimelineSegment other =
          source.segments().stream()
              .filter(s -> s.number() == segment.number())
              .findFirst()
              .orElseThrow();
      sequence += segment.discontinuity() ? 1 : 0;
      long of = source.discontinuitySequence();
      for (TimelineSegment s : source.segments()) {
        of += s.discontinuity() && s.number() <= segment.number() ? 1 : 0;
      }
      assertThat(sequence).as("discontinuity sequence at %s", segment).isEqualTo(of);
      assertThat(segment.epoch()).isEqualTo(other.epoch());
      assertThat(segment.discontinuity()).isEqualTo(other.discontinuity());
      assertThat(segment.complete()).isTrue();
      // Sound may have begun a millisecond before, and RTMP rounds to as much.
      long tolerance = segment.gap() ? 90 * 25 : 90;
      assertThat(Math.abs(segment.start() - other.start()))
          .as("start of %s", segment)
          .isLessThanOrEqualTo(tolerance);
      assertThat(Math.abs(segment.duration() - other.duration()))
          .as("duration of %s", segment)
          .isLessThanOrEqualTo(segment.gap() ? 90 * 50 : 2 * 90);
      assertThat(Duration.between(other.programDateTime(), segment.programDateTime()).abs())
          .isLessThan(Duration.ofMillis(segment.gap() ? 25 : 2));
    }
  }

  static RenditionTimeline rendition(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot.rendition(id).orElseThrow();
  }

  static long lastNumber(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot.rendition(id).map(r -> r.segments().getLast().number()).orElse(-1L);
  }

  static double endSeconds(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot
        .rendition(id)
        .map(
            r -> {
              TimelineSegment last = r.segments().getLast();
              return r.timescale().toSeconds(last.start() + last.duration());
            })
        .orElse(0.0);
  }

  static long lastComplete(TimelineSnapshot snapshot, RenditionId id) {
    return snapshot
        .rendition(id)
        .flatMap(RenditionTimeline::lastCompleteSegment)
        .map(TimelineSegment::number)
        .orElse(-1L);
  }
}
