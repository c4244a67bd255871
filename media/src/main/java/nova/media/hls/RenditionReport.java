package nova.media.hls;

import java.util.OptionalInt;

/// How far another media playlist of the presentation has come, so that a player can switch to it
/// without a plain reload.
///
/// Spec: rfc8216bis-22 §4.4.5.4 (EXT-X-RENDITION-REPORT). *Immutable.*
///
/// @param uri of the other playlist, relative to this one
/// @param lastMsn media sequence number of its last segment, open or complete
/// @param lastPart index of the last part of that segment, when it lists parts
public record RenditionReport(String uri, long lastMsn, OptionalInt lastPart) {
  public RenditionReport {
    PlaylistText.requireUri(uri);
    if (lastMsn < 0 || lastPart.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "rendition report of segment %d part %d (expected: both >= 0)"
              .formatted(lastMsn, lastPart.orElse(0)));
    }
  }
}
