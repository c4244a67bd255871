package nova.control.playback;

/// So many unknown tokens are being looked up that one more has to wait. It may be asked for again
/// in a moment.
public final class TooManyLookupsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooManyLookupsException(int most) {
    super("%d tokens are being looked up already".formatted(most));
  }
}
