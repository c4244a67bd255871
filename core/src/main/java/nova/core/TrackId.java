package nova.core;

/// One elementary stream within a broadcast. Enhanced RTMP numbers tracks per kind, so both are
/// needed.
///
/// *Immutable.*
///
/// @param index 0 for the default track of its kind, at most 255
public record TrackId(TrackKind kind, int index) {
  /// The default video track.
  public static final TrackId VIDEO = new TrackId(TrackKind.VIDEO, 0);

  /// The default audio track.
  public static final TrackId AUDIO = new TrackId(TrackKind.AUDIO, 0);

  public TrackId {
    if (index < 0 || index > 255) {
      throw new IllegalArgumentException("track index %d (expected: 0..255)".formatted(index));
    }
  }

  @Override
  public String toString() {
    return kind.label() + index;
  }
}
