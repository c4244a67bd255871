package nova.transcode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.framelog.pipe.Rung;
import org.jspecify.annotations.Nullable;

/// Decides when rungs may have more than they were planned with: when by now the plan would give
/// them a good deal more, and has for some time. A broadcast that begins with a still picture at a
/// variable bitrate would otherwise keep the rungs of that picture. They are not lowered again.
///
/// Rungs that are there stay the same but for their bitrates; a source that had too little for any
/// may get some.
///
/// *Confined to its stream's thread.*
final class BitrateRaise {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final double A_GOOD_DEAL = 1.5;

  private final LadderSource source;
  private final List<LadderStep> steps;
  private final LadderConfig config;
  private List<Rung> planned;
  private @Nullable Long sinceNs;
  private long leastBps;

  /// @param source as it was measured for the plan
  /// @param steps that the plan was made from
  /// @param planned its rungs
  BitrateRaise(
      LadderSource source, List<LadderStep> steps, List<Rung> planned, LadderConfig config) {
    this.source = source;
    this.steps = List.copyOf(steps);
    this.planned = planned;
    this.config = config;
  }

  /// Takes a measurement.
  ///
  /// @param bitrateBps of the source's video by now
  /// @return the rungs to have from now on, when it is time for more
  Optional<List<Rung>> raised(long bitrateBps, long nowNs) {
    if (bitrateBps == 0 || !isDearer(rungs(bitrateBps))) {
      sinceNs = null;
      return Optional.empty();
    }
    if (sinceNs == null) {
      sinceNs = nowNs;
      leastBps = bitrateBps;
    }
    leastBps = Math.min(leastBps, bitrateBps);
    if (nowNs - sinceNs < PATIENCE.toNanos()) {
      return Optional.empty();
    }
    sinceNs = null;
    planned = rungs(leastBps);
    return Optional.of(planned);
  }

  private List<Rung> rungs(long bitrateBps) {
    List<Rung> now = LadderPlanner.plan(source.withBitrate(bitrateBps), steps, config).rungs();
    return planned.isEmpty() ? now : planned.stream().map(rung -> raised(rung, now)).toList();
  }

  private static Rung raised(Rung rung, List<Rung> now) {
    return now.stream()
        .filter(other -> other.rendition().equals(rung.rendition()))
        .filter(other -> other.bitrateBps() > rung.bitrateBps())
        .findFirst()
        .map(other -> rung.withBitrate(other.bitrateBps(), other.peakBps()))
        .orElse(rung);
  }

  private boolean isDearer(List<Rung> now) {
    if (planned.isEmpty()) {
      return !now.isEmpty();
    }
    for (int i = 0; i < planned.size(); i++) {
      if (now.get(i).bitrateBps() > planned.get(i).bitrateBps() * A_GOOD_DEAL) {
        return true;
      }
    }
    return false;
  }
}
