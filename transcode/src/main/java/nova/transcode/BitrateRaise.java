package nova.transcode;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.core.RenditionId;
import nova.framelog.pipe.Rung;
import org.jspecify.annotations.Nullable;

/// Decides when a source may have more or dearer rungs than it was planned with: when by now the
/// plan would give it a good deal more, and has for some time. A broadcast that begins with a still
/// picture at a variable bitrate would otherwise keep the rungs of that picture.
///
/// There is no way back: what a source has less of later, its rungs have less of as well.
///
/// *Confined to its stream's thread.*
final class BitrateRaise {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final double A_GOOD_DEAL = 1.5;

  private final LadderSource source;
  private final LadderConfig config;
  private List<Rung> planned;
  private @Nullable Long sinceNs;

  /// @param source as it was measured for the plan
  /// @param planned its rungs
  BitrateRaise(LadderSource source, List<Rung> planned, LadderConfig config) {
    this.source = source;
    this.planned = planned;
    this.config = config;
  }

  /// Takes a measurement.
  ///
  /// @param bitrateBps of the source's video by now
  /// @return the rungs to have from now on, when it is time for others
  Optional<List<Rung>> raised(long bitrateBps, long nowNs) {
    List<Rung> now = LadderPlanner.plan(source.withBitrate(bitrateBps), config).rungs();
    if (bitrateBps == 0 || !isDearer(now)) {
      sinceNs = null;
      return Optional.empty();
    }
    if (sinceNs == null) {
      sinceNs = nowNs;
    }
    if (nowNs - sinceNs < PATIENCE.toNanos()) {
      return Optional.empty();
    }
    sinceNs = null;
    planned = now;
    return Optional.of(now);
  }

  private boolean isDearer(List<Rung> now) {
    Map<RenditionId, Long> before = new HashMap<>();
    planned.forEach(rung -> before.put(rung.rendition(), rung.bitrateBps()));
    return now.stream()
        .anyMatch(
            rung -> rung.bitrateBps() > before.getOrDefault(rung.rendition(), 0L) * A_GOOD_DEAL);
  }
}
