package nova.control.quality;

import java.util.Optional;

/// What is to be different about a quality level; what is not named stays.
///
/// *Immutable.*
public record QualityLevelChange(
    Optional<Long> videoBitrateBps, Optional<Integer> maxFrameRate, Optional<Boolean> enabled) {
  /// Nothing.
  public static final QualityLevelChange NONE =
      new QualityLevelChange(Optional.empty(), Optional.empty(), Optional.empty());
}
