package nova.transcode;

import java.util.ArrayList;
import java.util.List;
import nova.core.RenditionId;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.Rung;
import org.jspecify.annotations.Nullable;

/// The renditions that a stream is to have. The source is always packaged, so that there is
/// something to watch while rungs start and when they fail.
///
/// *Immutable.*
///
/// @param sourceIsRung whether players choose the source among the rungs; otherwise they get it
///   only while there are none
/// @param audio to encode; null when the source's sound is the ladder's, also because there is none
/// @param rungs to encode, largest first
/// @param reason one sentence for the operator: why it is so
public record LadderPlan(
    boolean sourceIsRung, @Nullable AudioRung audio, List<Rung> rungs, String reason) {
  public LadderPlan {
    rungs = List.copyOf(rungs);
  }

  /// Whether the source's sound is the ladder's.
  public boolean audioPassesThrough() {
    return audio == null;
  }

  /// Whether there is nothing to encode.
  boolean isEmpty() {
    return rungs.isEmpty() && audio == null;
  }

  /// What is encoded: the rungs, largest first, and sound.
  List<RenditionId> renditions() {
    List<RenditionId> renditions = new ArrayList<>(rungs.stream().map(Rung::rendition).toList());
    if (audio != null) {
      renditions.add(audio.rendition());
    }
    return renditions;
  }
}
