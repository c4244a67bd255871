package nova.media.hls;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One segment of a media playlist, with the tags that belong to it.
///
/// Spec: rfc8216bis-22 §4.4.4 (media segment tags). *Immutable.*
///
/// @param uri of the whole segment, relative to the playlist; written once it is complete
/// @param duration in ticks of the playlist's timescale; of the parts so far while it is open
/// @param discontinuity whether formats or time line differ from the segment before
/// @param map URI of the media initialization section it needs; written where it changes
/// @param programDateTime UTC instant of its first sample
/// @param parts in order; empty when they are too old to be listed
/// @param complete whether no part will be added
/// @param gap whether its media is missing
public record MediaSegment(
    String uri,
    long duration,
    boolean discontinuity,
    Optional<String> map,
    Optional<Instant> programDateTime,
    List<PartialSegment> parts,
    boolean complete,
    boolean gap) {
  public MediaSegment {
    PlaylistText.requireUri(uri);
    map.ifPresent(PlaylistText::requireUri);
    parts = List.copyOf(parts);
    if (duration < 0) {
      throw new IllegalArgumentException(
          "segment %s of %d ticks (expected: >= 0)".formatted(uri, duration));
    }
  }
}
