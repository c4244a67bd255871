package nova.backends.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import nova.core.DataSize;
import nova.core.Setting;

/// Where Redis is, and how it is used.
///
/// *Immutable.*
///
/// @param url may hold a password, which is never logged
/// @param caFile certificates to trust beside those of the Java runtime's choice; empty for these
/// @param databases `numbered` or `prefixes`
/// @param keyPrefix the beginning of the names of all keys and channels
/// @param timeout of every command and of connecting
/// @param memoryPerStream of media in Redis; the oldest segments are removed beyond it
/// @param mediaTtl how long media outlives the last word of its packager
/// @param streamKeyTtl how long a stream key is known without a look into the database
/// @param inFlight media on its way to Redis
/// @param queuedCommands of one connection
public record RedisConfig(
    @Setting(
            value =
                "Address of a Redis of version 6.2 or later, redis://[[USER]:PASSWORD@]HOST[:PORT],"
                    + " or rediss://… for TLS; better in the environment than in a file. Empty:"
                    + " this process needs none.",
            byDefault = "")
        String url,
    @Setting(
            value =
                "File of PEM certificates that sign that of Redis; empty: those that the Java"
                    + " runtime trusts.",
            byDefault = "")
        String caFile,
    @Setting(
            value =
                "How kinds of keys are kept apart: numbered, in the databases 0 to 3, or prefixes,"
                    + " all in the database 0, for a Redis that has no other.",
            byDefault = "numbered")
        String databases,
    @Setting(
            value =
                "What the names of all keys and channels begin with; different for installations"
                    + " that share a Redis.",
            byDefault = "nova")
        String keyPrefix,
    @Setting(value = "How long a command may take before Redis counts as away.", byDefault = "2s")
        Duration timeout,
    @Setting(
            value =
                "Memory of Redis for the media of one stream; its oldest segments are removed"
                    + " beyond it.",
            byDefault = "192MiB")
        DataSize memoryPerStream,
    @Setting(
            value = "How long media and timelines stay when their packager is gone.",
            byDefault = "10m")
        Duration mediaTtl,
    @Setting(
            value = "How long a stream key that was used is known without asking the database.",
            byDefault = "24h")
        Duration streamKeyTtl,
    @Setting(value = "Media on its way to Redis at most.", byDefault = "8MiB") DataSize inFlight,
    @Setting(
            value = "Commands that wait for their answers on one connection at most.",
            byDefault = "10000")
        int queuedCommands) {
  /// The kinds of keys are in databases of their own.
  public static final String NUMBERED = "numbered";

  /// The kinds of keys have names that begin differently.
  public static final String PREFIXES = "prefixes";

  private static final int MAX_PREFIX = 32;
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration MAX_TTL = Duration.ofDays(7);

  public RedisConfig {
    if (!url.isEmpty()) {
      URI _ = requireUrl(url);
    }
    if (!List.of(NUMBERED, PREFIXES).contains(databases)) {
      throw new IllegalArgumentException(
          "databases '%s' (expected: %s or %s)".formatted(databases, NUMBERED, PREFIXES));
    }
    if (keyPrefix.isEmpty()
        || keyPrefix.length() > MAX_PREFIX
        || !keyPrefix.chars().allMatch(RedisConfig::ok)) {
      throw new IllegalArgumentException(
          "key-prefix '%s' (expected: 1 to %d characters of a-z, A-Z, 0-9, -, _ and .)"
              .formatted(keyPrefix, MAX_PREFIX));
    }
    require("timeout", timeout, Duration.ofMillis(100), MAX_TIMEOUT);
    require("media-ttl", mediaTtl, Duration.ofSeconds(10), MAX_TTL);
    require("stream-key-ttl", streamKeyTtl, Duration.ofSeconds(1), MAX_TTL);
    if (memoryPerStream.bytes() < DataSize.ofMiB(1).bytes()) {
      throw new IllegalArgumentException(
          "memory-per-stream %s (expected: >= 1MiB)".formatted(memoryPerStream));
    }
    if (inFlight.bytes() < DataSize.ofMiB(1).bytes()) {
      throw new IllegalArgumentException("in-flight %s (expected: >= 1MiB)".formatted(inFlight));
    }
    if (queuedCommands < 100) {
      throw new IllegalArgumentException(
          "queued-commands %d (expected: >= 100)".formatted(queuedCommands));
    }
  }

  /// No Redis.
  public static RedisConfig defaults() {
    return at("");
  }

  /// The defaults with a Redis.
  public static RedisConfig at(String url) {
    return new RedisConfig(
        url,
        "",
        NUMBERED,
        "nova",
        Duration.ofSeconds(2),
        DataSize.ofMiB(192),
        Duration.ofMinutes(10),
        Duration.ofHours(24),
        DataSize.ofMiB(8),
        10_000);
  }

  /// Whether there is a Redis.
  public boolean isPresent() {
    return !url.isEmpty();
  }

  /// Where it is, without user and password.
  public String address() {
    return url.replaceFirst("//.*@", "//");
  }

  boolean isTls() {
    return url.startsWith("rediss:");
  }

  boolean isNumbered() {
    return databases.equals(NUMBERED);
  }

  private static URI requireUrl(String url) {
    String expected = "(expected: redis://[[USER]:PASSWORD@]HOST[:PORT] or rediss://…)";
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException _) {
      // Its message holds the password.
      throw new IllegalArgumentException(
          "url is no address; write the special characters of a password as %%XX %s"
              .formatted(expected));
    }
    boolean known = List.of("redis", "rediss").contains(uri.getScheme());
    if (!known || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("url is no address of a Redis " + expected);
    }
    if (!List.of("", "/").contains(uri.getPath())) {
      throw new IllegalArgumentException(
          "url names the database '%s' (expected: none; redis.databases decides)"
              .formatted(uri.getPath()));
    }
    return uri;
  }

  private static boolean ok(int c) {
    return c < 0x7f && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
  }

  private static void require(String name, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s %d ms (expected: %d..%d ms)"
              .formatted(name, value.toMillis(), min.toMillis(), max.toMillis()));
    }
  }

  /// Without the password.
  @Override
  public String toString() {
    return "RedisConfig[%s, %s, %s]".formatted(address(), databases, keyPrefix);
  }
}
