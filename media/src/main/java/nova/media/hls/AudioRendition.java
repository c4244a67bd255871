package nova.media.hls;

import java.util.Optional;

/// An audio playlist that variants play beside their video.
///
/// Spec: rfc8216bis-22 §4.4.6.1 (EXT-X-MEDIA, TYPE=AUDIO). *Immutable.*
///
/// @param groupId variants refer to it
/// @param name shown to the viewer; unique within the group
/// @param language RFC 5646 tag, when known
/// @param isDefault whether it plays unless the viewer chooses another; it may then also be chosen
///   automatically
/// @param channels number of channels
/// @param uri of its media playlist, relative to the multivariant playlist
public record AudioRendition(
    String groupId,
    String name,
    Optional<String> language,
    boolean isDefault,
    int channels,
    String uri) {
  public AudioRendition {
    PlaylistText.requireQuotable("GROUP-ID", groupId);
    PlaylistText.requireQuotable("NAME", name);
    PlaylistText.requireUri(uri);
    if (channels < 1) {
      throw new IllegalArgumentException(
          "audio rendition '%s' of %d channels (expected: >= 1)".formatted(name, channels));
    }
  }
}
