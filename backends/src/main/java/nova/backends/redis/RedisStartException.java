package nova.backends.redis;

/// Redis cannot be used. The message is one sentence for the operator, names the setting to look at
/// and never holds the password.
public final class RedisStartException extends RuntimeException {
  private final boolean mayPass;

  /// A setting is wrong.
  RedisStartException(String message) {
    super(message);
    this.mayPass = false;
  }

  RedisStartException(String message, boolean mayPass, Throwable cause) {
    super(message, cause);
    this.mayPass = mayPass;
  }

  /// Whether Redis may be usable by and by, as one that is away is. If not, a setting is wrong,
  /// here or there.
  public boolean mayPass() {
    return mayPass;
  }
}
