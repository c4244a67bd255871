package nova.api.stream;

import java.time.Instant;
import java.util.List;
import nova.core.RenditionId;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungsFailed;
import org.jspecify.annotations.Nullable;

/// The encoded renditions of a stream, as they are meant to be now.
///
/// *Immutable.*
///
/// @param sourceListed whether viewers can choose the source as it came
/// @param rungs that are encoded, largest first
/// @param reason one sentence: why it is so
/// @param step what is done less than planned, or again as planned; null before the first change
/// @param adaptedAt when, null before the first change
/// @param adaptedReason one sentence: why, null before the first change
/// @param failure what ended encoding, null unless something did
record LadderRecord(
    boolean sourceListed,
    List<RenditionId> rungs,
    String reason,
    @Nullable String step,
    @Nullable Instant adaptedAt,
    @Nullable String adaptedReason,
    @Nullable String failure) {
  static final LadderRecord UNPLANNED =
      new LadderRecord(true, List.of(), "not decided yet", null, null, null, null);

  LadderRecord {
    rungs = List.copyOf(rungs);
  }

  /// @param before null while nothing is known of it
  static LadderRecord after(@Nullable LadderRecord before, LadderChanged event) {
    return (before == null ? UNPLANNED : before).changed(event);
  }

  LadderRecord changed(LadderChanged event) {
    return new LadderRecord(
        event.sourceListed(),
        event.rungs(),
        event.reason(),
        null, // what is done less is said anew after it
        null,
        null,
        event.rungs().isEmpty() ? failure : null);
  }

  LadderRecord adapted(BitrateAdapted event) {
    return new LadderRecord(
        sourceListed, rungs, reason, event.step(), event.at(), event.reason(), failure);
  }

  LadderRecord failed(RungsFailed event) {
    return new LadderRecord(
        sourceListed, rungs, reason, step, adaptedAt, adaptedReason, event.sentence());
  }
}
