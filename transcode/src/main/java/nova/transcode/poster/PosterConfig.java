package nova.transcode.poster;

import java.time.Duration;
import nova.core.Setting;

/// Settings of posters.
///
/// *Immutable.*
///
/// @param enabled whether there are any
/// @param interval from one poster of a stream to its next, at least
public record PosterConfig(
    @Setting(
            value =
                "Whether each stream has a poster, a picture of what it shows; one small process"
                    + " makes those of all.",
            byDefault = "true")
        boolean enabled,
    @Setting(
            value = "How often a stream gets a new poster; never more often than it has keyframes.",
            byDefault = "5s")
        Duration interval) {
  private static final Duration SHORTEST = Duration.ofMillis(250);

  public PosterConfig {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "poster interval %d ms (expected: >= 250 ms)".formatted(interval.toMillis()));
    }
  }

  /// A poster every 5 s.
  public static PosterConfig defaults() {
    return new PosterConfig(true, Duration.ofSeconds(5));
  }
}
