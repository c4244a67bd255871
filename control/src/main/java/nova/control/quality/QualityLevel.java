package nova.control.quality;

import java.time.Instant;

/// One rung of the ladders of streams. A source that has less gets less, and none that is larger.
///
/// *Immutable.*
///
/// @param height lines of the picture: its shorter side, so portrait gets the same
/// @param videoBitrateBps bits per second of video on average
/// @param maxFrameRate frames per second at most
/// @param enabled whether streams are encoded to it
/// @param version rises with each change, from 1
public record QualityLevel(
    int height,
    long videoBitrateBps,
    int maxFrameRate,
    boolean enabled,
    long version,
    Instant createdAt,
    Instant updatedAt) {
  /// No level has fewer lines.
  public static final int MIN_HEIGHT = 90;

  /// No level has more lines.
  public static final int MAX_HEIGHT = 4_320;

  /// No level has a lower bitrate.
  public static final long MIN_BITRATE_BPS = 50_000;

  /// No level has a higher bitrate.
  public static final long MAX_BITRATE_BPS = 100_000_000;

  /// No level has less than so many frames per second at most.
  public static final int MIN_FRAME_RATE = 15;

  /// No level has more frames per second.
  public static final int MAX_FRAME_RATE = 120;

  /// What it is called: `720p`.
  public String name() {
    return height + "p";
  }

  /// The same after a change.
  QualityLevel with(QualityLevelChange change) {
    return new QualityLevel(
        height,
        change.videoBitrateBps().orElse(videoBitrateBps),
        change.maxFrameRate().orElse(maxFrameRate),
        change.enabled().orElse(enabled),
        version,
        createdAt,
        updatedAt);
  }
}
