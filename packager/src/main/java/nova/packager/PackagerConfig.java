package nova.packager;

import java.time.Duration;
import nova.core.Setting;

/// Settings of the packager.
///
/// *Immutable.*
///
/// @param partTarget no part is longer
/// @param window media that playlists list
/// @param keepEnded how long an ended stream stays watchable
public record PackagerConfig(
    @Setting(
            value =
                "Longest part (EXT-X-PART-INF PART-TARGET). 334ms keeps parts within 85 to 100 % of"
                    + " it at the usual frame rates; many other values do not.",
            byDefault = "334ms")
        Duration partTarget,
    @Setting(value = "How much media a live playlist lists.", byDefault = "60s") Duration window,
    @Setting(
            value = "How long the playlists and segments of an ended stream stay available.",
            byDefault = "10m")
        Duration keepEnded) {
  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(24);

  public PackagerConfig {
    if (partTarget.compareTo(Duration.ofMillis(100)) < 0
        || partTarget.compareTo(Duration.ofMillis(1_000)) > 0) {
      throw new IllegalArgumentException(
          "part target %d ms (expected: 100 to 1000 ms)".formatted(partTarget.toMillis()));
    }
    if (window.compareTo(SHORTEST_WINDOW) < 0) {
      throw new IllegalArgumentException(
          "window %d s (expected: >= 24 s, six target durations)".formatted(window.toSeconds()));
    }
    if (keepEnded.isNegative()) {
      throw new IllegalArgumentException(
          "keep-ended %d s (expected: >= 0)".formatted(keepEnded.toSeconds()));
    }
  }

  /// Parts of 0.334 s, a window of 60 s, ended streams for 10 minutes.
  public static PackagerConfig defaults() {
    return new PackagerConfig(
        Duration.ofMillis(334), Duration.ofSeconds(60), Duration.ofMinutes(10));
  }
}
