package nova.delivery;

/// Why a request that could have been served was not.
public enum Refusal {
  /// Its client address holds as many requests as it may.
  TOO_MANY_HELD_BY_ADDRESS("too-many-held-by-address"),
  /// The stream holds as many requests as it may.
  TOO_MANY_HELD_FOR_STREAM("too-many-held-for-stream"),
  /// What it waited for did not come in time.
  HELD_TOO_LONG("held-too-long"),
  /// Its reload directives ask for the impossible.
  BAD_DIRECTIVE("bad-directive"),
  /// It showed no token, and the channel is for token holders.
  NEEDS_TOKEN("needs-token"),
  /// Its token does not open the channel.
  TOKEN_NOT_ALLOWED("token-not-allowed"),
  /// Its token was not looked up, after too many wrong ones of its address.
  TOO_MANY_WRONG_TOKENS("too-many-wrong-tokens"),
  /// Its token could not be judged.
  TOKEN_NOT_JUDGED("token-not-judged"),
  /// Its media is kept elsewhere and cannot be asked for now.
  MEDIA_UNAVAILABLE("media-unavailable"),
  /// Too many requests wait for media that is kept elsewhere.
  TOO_MUCH_MEDIA_AWAITED("too-much-media-awaited"),
  /// The client read so slowly that its connection was closed.
  TOO_SLOW("too-slow"),
  /// The server is stopping.
  STOPPING("stopping");

  private final String reason;

  Refusal(String reason) {
    this.reason = reason;
  }

  /// A stable kebab-case name for metrics.
  public String reason() {
    return reason;
  }
}
