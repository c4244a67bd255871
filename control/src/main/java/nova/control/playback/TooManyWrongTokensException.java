package nova.control.playback;

import java.time.Duration;

/// An address showed so many made-up tokens that those of its tokens that are not known are not
/// looked up now.
public final class TooManyWrongTokensException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Duration wait;

  TooManyWrongTokensException(Duration wait) {
    super("too many wrong tokens (expected: none for %d s)".formatted(wait.toSeconds()));
    this.wait = wait;
  }

  /// After which one is looked up again.
  public Duration waiting() {
    return wait;
  }
}
