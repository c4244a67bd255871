package nova.worker;

import static nova.worker.RungCadence.Step.CUT;
import static nova.worker.RungCadence.Step.FRAME;
import static nova.worker.RungCadence.Step.KEYFRAME;
import static nova.worker.RungCadence.Step.SKIP;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.RenditionId;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.worker.RungCadence.Step;
import org.junit.jupiter.api.Test;

class RungCadenceTest {
  private static final int SEGMENT_PICTURES = 5;

  private static Rung rung(int divisor) {
    return new Rung(new RenditionId("480p"), 854, 480, divisor, 1_500_000, 1_650_000);
  }

  /// Picture `n` of a stream that cuts every five pictures.
  private static FramePlacement picture(int n) {
    return new FramePlacement(
        n, n, Instant.EPOCH, Instant.EPOCH, n / SEGMENT_PICTURES, n % SEGMENT_PICTURES == 0);
  }

  private static List<Step> steps(RungCadence cadence, int from, int to) {
    List<Step> steps = new ArrayList<>();
    for (int n = from; n < to; n++) {
      steps.add(cadence.decide(picture(n)));
    }
    return steps;
  }

  @Test
  void wholeStream_hasAKeyframeOnEveryCutOnly() {
    assertThat(steps(new RungCadence(RungJob.fromTheStart(rung(1))), 0, 7))
        .containsExactly(CUT, FRAME, FRAME, FRAME, FRAME, CUT, FRAME);
  }

  @Test
  void streamJoinedWithinASegment_waitsForTheNextCut() {
    assertThat(steps(new RungCadence(RungJob.fromTheStart(rung(1))), 3, 7))
        .containsExactly(SKIP, SKIP, CUT, FRAME);
  }

  @Test
  void halfTheFrames_neverLoseACut_andBeginAnewWithEverySegment() {
    assertThat(steps(new RungCadence(RungJob.fromTheStart(rung(2))), 0, 11))
        .containsExactly(CUT, SKIP, FRAME, SKIP, FRAME, CUT, SKIP, FRAME, SKIP, FRAME, CUT);
  }

  @Test
  void resumedRung_skipsWhatItHas_andGoesOnWithAKeyframeThatIsNoCut() {
    assertThat(steps(new RungCadence(RungJob.after(rung(1), 6, 1)), 5, 11))
        .containsExactly(SKIP, SKIP, KEYFRAME, FRAME, FRAME, CUT);
  }

  @Test
  void resumedRung_thatEndedWithASegment_goesOnWithTheCut() {
    assertThat(steps(new RungCadence(RungJob.after(rung(1), 4, 0)), 0, 7))
        .containsExactly(SKIP, SKIP, SKIP, SKIP, SKIP, CUT, FRAME);
  }

  @Test
  void resumedRung_whoseSegmentIsGoneFromTheLog_waitsForTheNextCut() {
    assertThat(steps(new RungCadence(RungJob.after(rung(1), 6, 1)), 12, 17))
        .containsExactly(SKIP, SKIP, SKIP, CUT, FRAME);
  }

  @Test
  void gapWithinASegment_isFollowedByAKeyframe_alsoAtHalfTheFrames() {
    RungCadence cadence = new RungCadence(RungJob.fromTheStart(rung(2)));
    assertThat(steps(cadence, 0, 2)).containsExactly(CUT, SKIP);
    cadence.gap();
    assertThat(steps(cadence, 3, 6)).containsExactly(KEYFRAME, SKIP, CUT);
  }

  @Test
  void gapOverACut_waitsForTheNextOne() {
    RungCadence cadence = new RungCadence(RungJob.fromTheStart(rung(1)));
    assertThat(steps(cadence, 0, 2)).containsExactly(CUT, FRAME);
    cadence.gap();
    assertThat(steps(cadence, 7, 12)).containsExactly(SKIP, SKIP, SKIP, CUT, FRAME);
  }
}
