package nova.framelog.pipe;

import java.util.List;
import nova.core.TrackId;
import org.jspecify.annotations.Nullable;

/// What one worker is to make of one video track, one audio track, or both.
///
/// *Immutable.*
///
/// @param track the source's video track; without rungs it is not decoded, and only tells the time
/// @param frameRate pictures per second of the source, as measured; rate control counts with it
/// @param preset of all rungs
/// @param rungs largest first, each scaled from the one before; at least one, unless there is sound
///   to encode
/// @param audio sound to encode, or null
public record TranscodeJob(
    TrackId track,
    double frameRate,
    EncoderPreset preset,
    List<RungJob> rungs,
    @Nullable AudioJob audio) {
  private static final double MAX_FRAME_RATE = 1_000;

  /// Larger pictures are not decoded: each would take hundreds of megabytes outside the heap.
  public static final long MAX_SOURCE_PIXELS = 4096L * 2304;

  /// More rungs than any ladder has.
  public static final int MAX_RUNGS = 16;

  public TranscodeJob {
    rungs = List.copyOf(rungs);
    if ((rungs.isEmpty() && audio == null) || rungs.size() > MAX_RUNGS) {
      throw new IllegalArgumentException(
          "a job of %d rungs (expected: 1..%d, or none beside sound)"
              .formatted(rungs.size(), MAX_RUNGS));
    }
    if (!rungs.isEmpty() && !(frameRate > 0 && frameRate <= MAX_FRAME_RATE)) {
      throw new IllegalArgumentException(
          "a job of %s frames per second (expected: above 0, to %s)"
              .formatted(frameRate, MAX_FRAME_RATE));
    }
    for (int i = 1; i < rungs.size(); i++) {
      Rung upper = rungs.get(i - 1).rung();
      Rung lower = rungs.get(i).rung();
      if (lower.width() > upper.width() || lower.height() > upper.height()) {
        throw new IllegalArgumentException(
            "rung %s of %dx%d below rung %s of %dx%d (expected: none larger than the one before)"
                .formatted(
                    lower.rendition(),
                    lower.width(),
                    lower.height(),
                    upper.rendition(),
                    upper.width(),
                    upper.height()));
      }
    }
    if (rungs.stream().map(r -> r.rung().rendition()).distinct().count() < rungs.size()
        || (audio != null
            && rungs.stream()
                .anyMatch(r -> r.rung().rendition().equals(audio.rung().rendition())))) {
      throw new IllegalArgumentException(
          "a job with a rung twice (expected: each name once): " + rungs);
    }
  }

  /// A job without sound.
  public TranscodeJob(TrackId track, double frameRate, EncoderPreset preset, List<RungJob> rungs) {
    this(track, frameRate, preset, rungs, null);
  }
}
