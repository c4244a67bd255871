package nova.media.hls;

/// Writes a multivariant playlist. The same value always gives the same text.
///
/// Spec: rfc8216bis-22 §4.4.6. *Thread-safe.*
public final class MultivariantPlaylistWriter {
  private MultivariantPlaylistWriter() {}

  public static String write(MultivariantPlaylist playlist) {
    StringBuilder out = new StringBuilder(512);
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(MediaPlaylistWriter.VERSION).append('\n');
    if (playlist.independentSegments()) {
      out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    for (AudioRendition rendition : playlist.audioRenditions()) {
      media(out, rendition);
    }
    for (VariantStream variant : playlist.variants()) {
      streamInf(out, variant);
    }
    return out.toString();
  }

  private static void media(StringBuilder out, AudioRendition rendition) {
    AttributeList attributes =
        new AttributeList(out, "#EXT-X-MEDIA")
            .enumerated("TYPE", "AUDIO")
            .quoted("GROUP-ID", rendition.groupId())
            .quoted("NAME", rendition.name());
    rendition.language().ifPresent(tag -> attributes.quoted("LANGUAGE", tag));
    attributes
        .yes("DEFAULT", rendition.isDefault())
        .yes("AUTOSELECT", rendition.isDefault()) // required by DEFAULT=YES
        .quoted("CHANNELS", Integer.toString(rendition.channels()))
        .quoted("URI", rendition.uri())
        .end();
  }

  private static void streamInf(StringBuilder out, VariantStream variant) {
    AttributeList attributes =
        new AttributeList(out, "#EXT-X-STREAM-INF").integer("BANDWIDTH", variant.bandwidthBps());
    if (variant.averageBandwidthBps() > 0) {
      attributes.integer("AVERAGE-BANDWIDTH", variant.averageBandwidthBps());
    }
    if (!variant.codecs().isEmpty()) {
      attributes.quoted("CODECS", String.join(",", variant.codecs()));
    }
    variant
        .resolution()
        .ifPresent(size -> attributes.resolution("RESOLUTION", size.width(), size.height()));
    if (variant.frameRate() > 0) {
      attributes.thousandths("FRAME-RATE", variant.frameRate());
    }
    variant.audioGroup().ifPresent(group -> attributes.quoted("AUDIO", group));
    if (variant.resolution().isPresent()) {
      // Without this, players look for CEA-608 captions inside the video and offer an empty track.
      attributes.enumerated("CLOSED-CAPTIONS", "NONE");
    }
    attributes.end();
    out.append(variant.uri()).append('\n');
  }
}
