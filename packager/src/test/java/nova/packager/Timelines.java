package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

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
}
