package nova.core;

/// A track as people see it in the API and in logs.
///
/// *Immutable.*
public sealed interface TrackDescription {
  TrackId track();

  /// RFC 6381 codec string, such as `avc1.64001f`.
  String codec();

  /// A video track.
  ///
  /// @param frameRate nominal frames per second, 0 while unknown
  record Video(TrackId track, String codec, int width, int height, double frameRate)
      implements TrackDescription {}

  /// An audio track.
  record Audio(TrackId track, String codec, int sampleRate, int channels)
      implements TrackDescription {}
}
