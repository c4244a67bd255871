package nova.transcode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.RenditionId;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;

/// One step of doing less than planned.
///
/// *Immutable.*
///
/// @param name stable kebab-case name for events and metrics
/// @param effort what the worker does
/// @param refuses whether no further stream is encoded beside it
record EffortStep(String name, Effort effort, boolean refuses) {
  private static final int HALF = 2;

  /// The steps of a ladder, from all that was planned to the least: a cheaper preset, half the
  /// frame rate, one rung after the other from the top, and no further transcodes. The smallest
  /// rung stays.
  static List<EffortStep> of(EncoderPreset preset, List<Rung> rungs) {
    List<EffortStep> steps = new ArrayList<>();
    steps.add(new EffortStep("as-planned", Effort.whole(preset), false));
    Optional<EncoderPreset> cheaper = cheaper(preset);
    EncoderPreset least = cheaper.orElse(preset);
    if (cheaper.isPresent()) {
      steps.add(new EffortStep("preset-" + least.label(), Effort.whole(least), false));
    }
    steps.add(new EffortStep("half-frame-rate", new Effort(least, HALF, List.of()), false));
    List<RenditionId> leftOut = new ArrayList<>();
    for (Rung rung : rungs.subList(0, rungs.size() - 1)) {
      leftOut.add(rung.rendition());
      steps.add(
          new EffortStep("without-" + rung.rendition(), new Effort(least, HALF, leftOut), false));
    }
    steps.add(new EffortStep("refuse-transcodes", new Effort(least, HALF, leftOut), true));
    return List.copyOf(steps);
  }

  /// One that can follow within a rendition, whose header stays as it is.
  private static Optional<EncoderPreset> cheaper(EncoderPreset preset) {
    return switch (preset) {
      case VERYFAST -> Optional.of(EncoderPreset.SUPERFAST);
      case SUPERFAST, FASTER, FAST, MEDIUM -> Optional.empty();
    };
  }
}
