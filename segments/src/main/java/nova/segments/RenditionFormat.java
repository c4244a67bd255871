package nova.segments;

/// What a multivariant playlist says about a rendition.
///
/// *Immutable.*
public sealed interface RenditionFormat {
  /// RFC 6381 codec string.
  String codecs();

  /// Peak segment bitrate in bits per second as measured so far, container included (BANDWIDTH).
  long peakBitrateBps();

  /// Average segment bitrate in bits per second as measured so far (AVERAGE-BANDWIDTH).
  long averageBitrateBps();

  /// A video rendition.
  ///
  /// @param frameRate frames per second as measured, 0 while unknown
  record Video(
      String codecs,
      long peakBitrateBps,
      long averageBitrateBps,
      int width,
      int height,
      double frameRate)
      implements RenditionFormat {}

  /// An audio rendition.
  record Audio(
      String codecs, long peakBitrateBps, long averageBitrateBps, int sampleRate, int channels)
      implements RenditionFormat {}
}
