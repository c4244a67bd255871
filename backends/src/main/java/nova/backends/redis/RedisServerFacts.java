package nova.backends.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import nova.segments.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a Redis says of itself, and whether Nova can use it.
final class RedisServerFacts {
  private static final Logger log = LoggerFactory.getLogger(RedisServerFacts.class);
  private static final int OLDEST_MAJOR = 6;
  private static final int OLDEST_MINOR = 2;

  private RedisServerFacts() {}

  /// Refuses a Redis that is too old, and warns of one that forgets what it must not.
  ///
  /// @throws RedisStartException when it cannot be used
  static void require(RedisLink link, RedisConfig config) {
    try {
      Map<String, String> facts = parse(link.await(link.commands().info()));
      requireVersion(facts.getOrDefault("redis_version", ""), config);
      warn(facts.getOrDefault("maxmemory_policy", ""), config);
    } catch (StoreUnavailableException e) {
      if (!(e.getCause() instanceof RedisCommandExecutionException)) {
        throw ConnectFailure.explain(config, e);
      }
      log.debug("Redis does not tell what it is", e); // its user may not ask, which is all right
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ConnectFailure.explain(config, e);
    }
  }

  private static Map<String, String> parse(String text) {
    Map<String, String> facts = new HashMap<>();
    text.lines()
        .filter(line -> line.indexOf(':') > 0)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              facts.put(line.substring(0, colon), line.substring(colon + 1).strip());
            });
    return facts;
  }

  private static void requireVersion(String version, RedisConfig config) {
    String[] numbers = version.split("\\.", 3);
    if (numbers.length < 2 || !(numbers[0] + numbers[1]).matches("[0-9]{2,6}")) {
      return; // something that speaks like Redis, and says otherwise what it is
    }
    int major = Integer.parseInt(numbers[0]);
    int minor = Integer.parseInt(numbers[1]);
    if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
      throw new RedisStartException(
          "Redis at %s is of version %s (expected: 6.2 or later); see redis.url"
              .formatted(config.address(), version));
    }
  }

  private static void warn(String policy, RedisConfig config) {
    String name = policy.toLowerCase(Locale.ROOT);
    if (name.endsWith("-ttl") || name.endsWith("-random")) {
      log.atWarn()
          .addKeyValue("redis", config.address())
          .log(
              "Redis forgets leases before media when its memory is full, as its maxmemory-policy"
                  + " is {} (expected: noeviction)",
              policy);
    }
  }
}
