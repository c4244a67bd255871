package nova.backends.redis;

/// Redis cannot be used. The message is one sentence for the operator, names the setting to look at
/// and never holds the password.
public final class RedisStartException extends RuntimeException {
  RedisStartException(String message) {
    super(message);
  }

  RedisStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
