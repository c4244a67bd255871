package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nova.core.RenditionId;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import org.junit.jupiter.api.Test;

class EffortStepTest {
  private static final RenditionId HIGH = new RenditionId("720p");
  private static final RenditionId LOW = new RenditionId("480p");
  private static final List<Rung> RUNGS =
      List.of(
          new Rung(HIGH, 1280, 720, 1, 3_000_000, 3_300_000),
          new Rung(LOW, 854, 480, 1, 1_500_000, 1_650_000));

  @Test
  void ladder_isDoneLessOf_untilItsSmallestRungIsLeft() {
    assertThat(EffortStep.of(EncoderPreset.VERYFAST, RUNGS))
        .containsExactly(
            new EffortStep("as-planned", Effort.whole(EncoderPreset.VERYFAST), false),
            new EffortStep("preset-superfast", Effort.whole(EncoderPreset.SUPERFAST), false),
            new EffortStep(
                "half-frame-rate", new Effort(EncoderPreset.SUPERFAST, 2, List.of()), false),
            new EffortStep(
                "without-720p", new Effort(EncoderPreset.SUPERFAST, 2, List.of(HIGH)), false),
            new EffortStep(
                "refuse-transcodes", new Effort(EncoderPreset.SUPERFAST, 2, List.of(HIGH)), true));
  }

  @Test
  void presetWithoutACheaperOneOfTheSameHeader_isKept() {
    assertThat(EffortStep.of(EncoderPreset.MEDIUM, RUNGS))
        .extracting(EffortStep::name)
        .containsExactly("as-planned", "half-frame-rate", "without-720p", "refuse-transcodes");
    assertThat(EffortStep.of(EncoderPreset.SUPERFAST, RUNGS.subList(1, 2)))
        .extracting(EffortStep::name)
        .containsExactly("as-planned", "half-frame-rate", "refuse-transcodes");
  }
}
