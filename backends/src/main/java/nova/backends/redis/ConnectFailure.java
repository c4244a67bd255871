package nova.backends.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Says why there is no connection to Redis, and which setting to look at.
final class ConnectFailure {
  private ConnectFailure() {}

  static RedisStartException explain(RedisConfig config, Throwable failure) {
    List<Throwable> causes = causes(failure);
    return new RedisStartException(
        refusal(config, answer(causes)).orElseGet(() -> absence(config, causes)), failure);
  }

  /// Why a Redis that answers does not let us in.
  private static Optional<String> refusal(RedisConfig config, String answer) {
    String at = at(config);
    if (answer.startsWith("WRONGPASS") || answer.startsWith("NOAUTH") || isAboutPassword(answer)) {
      return Optional.of(
          "%s wants another user or password (%s); see redis.url".formatted(at, brief(answer)));
    }
    if (answer.startsWith("NOPERM")) {
      return Optional.of(
          "%s does not let this user do what Nova needs (%s); see redis.url"
              .formatted(at, brief(answer)));
    }
    if (answer.contains("DB index") || answer.contains("SELECT is not allowed")) {
      return Optional.of(
          "%s has not the databases 0 to 3 (%s); set redis.databases to prefixes"
              .formatted(at, brief(answer)));
    }
    return Optional.empty();
  }

  private static String at(RedisConfig config) {
    return "Redis at " + config.address();
  }

  /// Why Redis does not answer.
  private static String absence(RedisConfig config, List<Throwable> causes) {
    String at = at(config);
    String answer = answer(causes);
    if (answer.startsWith("LOADING")) {
      return "%s is not ready: it is still reading what it saved".formatted(at);
    }
    if (has(causes, UnknownHostException.class)) {
      return "%s cannot be reached: no such host; see redis.url".formatted(at);
    }
    if (has(causes, SSLException.class) || isAboutTls(causes)) {
      return "%s and this server do not agree on TLS (%s); see redis.url, which begins with rediss:// for TLS, and redis.ca-file"
          .formatted(at, brief(answer));
    }
    if (has(causes, ConnectException.class)) {
      return "%s cannot be reached: nobody listens there; see redis.url".formatted(at);
    }
    if (has(causes, RedisCommandTimeoutException.class) || has(causes, TimeoutException.class)) {
      String why =
          config.isTls()
              ? ", as one without TLS does not when redis.url begins with rediss://; see also"
                  + " redis.timeout"
              : "; see redis.url, and redis.timeout";
      return "%s does not answer within %d ms%s".formatted(at, config.timeout().toMillis(), why);
    }
    if (!config.isTls() && (answer.contains("closed") || answer.contains("reset"))) {
      return "%s hangs up, as one with TLS does when redis.url does not begin with rediss://"
          .formatted(at);
    }
    return "%s cannot be used (%s); see redis.url".formatted(at, brief(answer));
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable at = failure; at != null && causes.size() < 10; at = at.getCause()) {
      causes.add(at);
    }
    return causes;
  }

  /// What Redis itself said, or else the innermost message.
  private static String answer(List<Throwable> causes) {
    String message = causes.getLast().getMessage();
    return message == null ? causes.getLast().getClass().getSimpleName() : message;
  }

  private static boolean isAboutPassword(String answer) {
    return answer.contains("AUTH") || answer.toLowerCase(Locale.ROOT).contains("password");
  }

  private static boolean isAboutTls(List<Throwable> causes) {
    return causes.stream().anyMatch(cause -> cause.getClass().getName().contains("ssl"));
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static String brief(String message) {
    String line = message.lines().findFirst().orElse("");
    return line.length() > 160 ? line.substring(0, 160) + "…" : line;
  }
}
