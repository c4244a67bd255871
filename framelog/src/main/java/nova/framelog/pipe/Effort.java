package nova.framelog.pipe;

import java.util.List;
import nova.core.RenditionId;

/// How much of its job a worker does, so that it keeps up with the broadcast. Each rung takes it up
/// with its next segment.
///
/// *Immutable.*
///
/// @param preset of all rungs; a rung keeps the one that it has when another would change its
///   header
/// @param frameDivisor every how manieth picture is kept, of those that a rung has anyway; the
///   first of a segment always is
/// @param leftOut rungs that are not encoded; one that is taken up again begins anew
public record Effort(EncoderPreset preset, int frameDivisor, List<RenditionId> leftOut) {
  /// No rung keeps fewer pictures.
  public static final int MAX_FRAME_DIVISOR = 4;

  public Effort {
    leftOut = List.copyOf(leftOut);
    if (frameDivisor < 1 || frameDivisor > MAX_FRAME_DIVISOR) {
      throw new IllegalArgumentException(
          "frame divisor %d of an effort (expected: 1..%d)"
              .formatted(frameDivisor, MAX_FRAME_DIVISOR));
    }
    if (leftOut.size() > TranscodeJob.MAX_RUNGS) {
      throw new IllegalArgumentException(
          "%d rungs left out (expected: 0..%d)".formatted(leftOut.size(), TranscodeJob.MAX_RUNGS));
    }
  }

  /// The whole job.
  public static Effort whole(EncoderPreset preset) {
    return new Effort(preset, 1, List.of());
  }
}
