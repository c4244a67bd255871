package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import nova.core.Epoch;
import org.junit.jupiter.api.Test;

class TimelineSegmentTest {
  private static final TimelinePart KEYFRAME = new TimelinePart(27_000, true, 900);
  private static final TimelinePart NEXT = new TimelinePart(18_000, false, 100);
  private static final TimelineSegment OPENED =
      new TimelineSegment(
          7,
          new Epoch(2),
          true,
          Instant.parse("2026-11-01T12:00:00Z"),
          90_000,
          List.of(),
          false,
          false);

  @Test
  void part_isAddedAtTheEnd_andNothingElseChanges() {
    TimelineSegment grown = OPENED.withPart(KEYFRAME).withPart(NEXT);

    assertThat(grown)
        .isEqualTo(
            new TimelineSegment(
                OPENED.number(),
                OPENED.epoch(),
                OPENED.discontinuity(),
                OPENED.programDateTime(),
                OPENED.start(),
                List.of(KEYFRAME, NEXT),
                false,
                false));
    assertThat(grown.duration()).isEqualTo(45_000);
    assertThat(grown.sizeBytes()).isEqualTo(1_000);
    assertThat(OPENED.parts()).isEmpty();
  }

  @Test
  void completedSegment_keepsItsParts_andTakesNoMore() {
    TimelineSegment completed = OPENED.withPart(KEYFRAME).completed();

    assertThat(completed.complete()).isTrue();
    assertThat(completed.parts()).containsExactly(KEYFRAME);
    assertThat(completed.discontinuity()).isTrue();
    assertThatThrownBy(() -> completed.withPart(NEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("segment 7 is complete");
  }
}
