package nova.transcode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import nova.core.RenditionId;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.TranscodeJob;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// Decides which rungs a source gets.
///
/// Sizes are counted as they are shown, in square pixels. A rung's lines are its shorter side, so
/// portrait gets the ladder of landscape. No rung has more lines than the source, or a higher
/// bitrate; each is at least a tenth smaller and a quarter cheaper than the one above, or there is
/// nothing to switch to.
///
/// *Thread-safe.*
public final class LadderPlanner {
  private static final String NOTHING_ENCODED = "the policy is none: nothing is encoded";
  private static final String NO_STEPS = "no quality level is enabled: no rung is encoded";
  private static final double NEXT_SIZE = 0.9;
  private static final double NEXT_BITRATE = 0.75;
  private static final long LOWEST_BITRATE_BPS = 100_000;

  private static final double FRAME_RATE_TOLERANCE = 1.02; // encoders' clocks, and 30.3 for 30
  private static final int MAX_FRAME_DIVISOR = 16;

  private LadderPlanner() {}

  /// The ladder of a source; depends on nothing but the arguments.
  ///
  /// @param ladder in any order
  public static LadderPlan plan(LadderSource source, List<LadderStep> ladder, LadderConfig config) {
    AudioRung audio = AudioPlanner.plan(source.audio());
    List<LadderStep> steps =
        ladder.stream().sorted(Comparator.comparingInt(LadderStep::lines).reversed()).toList();
    VideoFormat video = source.video();
    if (config.ladderPolicy() == LadderPolicy.NONE) {
      return new LadderPlan(true, null, List.of(), NOTHING_ENCODED);
    }
    if ((long) video.width() * video.height() > TranscodeJob.MAX_SOURCE_PIXELS) {
      String reason =
          "pictures of %dx%d are too large to encode (expected: %d pixels at most)"
              .formatted(video.width(), video.height(), TranscodeJob.MAX_SOURCE_PIXELS);
      return new LadderPlan(true, audio, List.of(), reason + sound(audio, source.audio()));
    }
    if (steps.isEmpty()) {
      return new LadderPlan(true, audio, List.of(), NO_STEPS + sound(audio, source.audio()));
    }
    if (config.ladderPolicy() == LadderPolicy.ALL) {
      List<Rung> all = rungs(source, config, steps, false);
      return plan(false, all, audio, source, "the policy is all: every rung is encoded");
    }
    String objection = WebFitness.objection(source, steps);
    boolean fit = objection == null;
    return plan(
        fit,
        rungs(source, config, steps, fit),
        audio,
        source,
        fit
            ? "the source is its own top rung"
            : "the source is not handed out beside its rungs: " + objection);
  }

  /// The ladder of a source without video.
  ///
  /// @param audio null where there is none either
  static LadderPlan planWithoutVideo(@Nullable AudioFormat audio, LadderConfig config) {
    if (config.ladderPolicy() == LadderPolicy.NONE) {
      return new LadderPlan(true, null, List.of(), NOTHING_ENCODED);
    }
    AudioRung rung = AudioPlanner.plan(audio);
    String reason = "the stream has no video";
    return new LadderPlan(true, rung, List.of(), reason + sound(rung, audio));
  }

  private static LadderPlan plan(
      boolean sourceIsRung,
      List<Rung> rungs,
      @Nullable AudioRung audio,
      LadderSource source,
      String why) {
    String reason = rungs.isEmpty() ? why + ", and no rung is smaller" : why;
    return new LadderPlan(sourceIsRung, audio, rungs, reason + sound(audio, source.audio()));
  }

  private static String sound(@Nullable AudioRung rung, @Nullable AudioFormat source) {
    return rung == null || source == null
        ? ""
        : "; its sound is encoded, because not every player takes " + source.codecString();
  }

  private static List<Rung> rungs(
      LadderSource source, LadderConfig config, List<LadderStep> steps, boolean sourceIsRung) {
    ShownSize size = ShownSize.of(source.video());
    List<Rung> rungs = new ArrayList<>();
    double smallerThan = sourceIsRung ? size.lines() * NEXT_SIZE : Double.MAX_VALUE;
    long known = source.bitrateBps();
    double most = known > 0 ? (double) known : Double.MAX_VALUE;
    if (sourceIsRung) {
      most *= NEXT_BITRATE;
    }
    for (LadderStep step : sourceIsRung ? steps : ownSizeFirst(steps, size)) {
      long bitrate = (long) Math.min((double) step.bitrateBps(), most);
      if (step.lines() > Math.min(size.lines(), smallerThan)) {
        continue;
      }
      if (bitrate < LOWEST_BITRATE_BPS) {
        if (rungs.isEmpty()) {
          continue; // nobody needs less than such a source
        }
        bitrate = Math.min(step.bitrateBps(), LOWEST_BITRATE_BPS); // which may get more one day
      }
      rungs.add(rung(step, bitrate, size, source.frameRate(), config));
      smallerThan = step.lines() * NEXT_SIZE;
      most = bitrate * NEXT_BITRATE;
    }
    return rungs;
  }

  /// The steps, and before them one of the source's own size where the ladder has none near it but
  /// larger ones: with the bitrate of the next larger in proportion to its pixels, and the frame
  /// rate of the next smaller, or of the larger where there is none.
  private static List<LadderStep> ownSizeFirst(List<LadderStep> steps, ShownSize size) {
    LadderStep larger = null;
    LadderStep smaller = null;
    for (LadderStep step : steps) {
      if (step.lines() > size.lines()) {
        larger = step;
      } else if (step.lines() >= size.lines() * NEXT_SIZE) {
        return steps;
      } else if (smaller == null) {
        smaller = step;
      }
    }
    if (larger == null) {
      return steps;
    }
    double sides = (double) size.lines() / larger.lines();
    long bitrate = Math.max(LOWEST_BITRATE_BPS, (long) (larger.bitrateBps() * sides * sides));
    List<LadderStep> all = new ArrayList<>();
    int frameRate = (smaller == null ? larger : smaller).maxFrameRate();
    all.add(new LadderStep(size.lines(), bitrate, frameRate));
    all.addAll(steps);
    return all;
  }

  private static Rung rung(
      LadderStep step, long bitrate, ShownSize size, double frameRate, LadderConfig config) {
    ShownSize scaled = size.scaledTo(step.lines());
    return new Rung(
        new RenditionId(scaled.lines() + "p"),
        scaled.width(),
        scaled.height(),
        frameDivisor(frameRate, step.maxFrameRate()),
        bitrate,
        bitrate * config.peakPercent() / 100);
  }

  private static int frameDivisor(double frameRate, int maxFrameRate) {
    double most = maxFrameRate * FRAME_RATE_TOLERANCE;
    return Math.clamp((int) Math.ceil(frameRate / most), 1, MAX_FRAME_DIVISOR);
  }

  /// A picture's size as it is shown, in square pixels.
  private record ShownSize(int width, int height) {
    /// Of stretched pixels the height stays and the width follows.
    static ShownSize of(VideoFormat video) {
      double pixel =
          (double) video.pixelAspectRatio().horizontal() / video.pixelAspectRatio().vertical();
      long width = Math.clamp(Math.round(video.width() * pixel), 2, Rung.MAX_SIDE);
      return new ShownSize((int) width, video.height());
    }

    int lines() {
      return Math.min(width, height);
    }

    /// Even sides, as 4:2:0 asks for, none larger than now.
    ShownSize scaledTo(int lines) {
      double scale = (double) lines / lines();
      return new ShownSize(even(width, scale), even(height, scale));
    }

    private static int even(int side, double scale) {
      int nearest = 2 * (int) Math.round(side * scale / 2);
      return Math.clamp(nearest, 2, Math.max(2, side - side % 2));
    }
  }
}
