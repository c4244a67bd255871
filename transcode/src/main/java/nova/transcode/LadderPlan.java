package nova.transcode;

import java.util.List;
import nova.framelog.pipe.Rung;

/// The renditions that a stream is to have. The source is always packaged, so that there is
/// something to watch while rungs start and when they fail.
///
/// *Immutable.*
///
/// @param sourceIsRung whether players choose the source among the rungs; otherwise they get it
///   only while there are none
/// @param audioPassesThrough whether the source's audio is the ladder's; true without audio
/// @param rungs to encode, largest first
/// @param reason one sentence for the operator: why it is so
public record LadderPlan(
    boolean sourceIsRung, boolean audioPassesThrough, List<Rung> rungs, String reason) {
  public LadderPlan {
    rungs = List.copyOf(rungs);
  }
}
