package nova.segments;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Everything delivery needs to know of one stream at one moment. Playlists are pure functions of
/// it.
///
/// *Immutable.*
///
/// @param version rises by at least one with every change
/// @param startedAt when the broadcast was accepted
/// @param endedAt when it was over; empty while it is not
/// @param renditions in the order of the multivariant playlist; empty until the first media arrived
public record TimelineSnapshot(
    StreamId stream,
    ChannelSlug channel,
    long version,
    TimelineState state,
    Instant startedAt,
    Optional<Instant> endedAt,
    List<RenditionTimeline> renditions) {
  public TimelineSnapshot {
    renditions = List.copyOf(renditions);
  }

  /// This snapshot with other renditions.
  public TimelineSnapshot withRenditions(List<RenditionTimeline> others) {
    return new TimelineSnapshot(stream, channel, version, state, startedAt, endedAt, others);
  }

  public Optional<RenditionTimeline> rendition(RenditionId id) {
    return renditions.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /// Whether every rendition has a complete segment, so that players can start. Encoded rungs are
  /// among the renditions from their first complete segment on, so nobody waits for them.
  public boolean playable() {
    return !renditions.isEmpty()
        && renditions.stream().allMatch(r -> r.lastCompleteSegment().isPresent());
  }

  /// How the broadcast stands, as players need to know it.
  public enum TimelineState {
    /// Media is arriving or about to.
    LIVE,
    /// The broadcaster is away and may return; no ENDLIST yet.
    RECONNECTING,
    /// Nothing will be added any more.
    ENDED
  }
}
