package nova.app.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as configuration spells them: `500ms`, `30s`, `1.002s`, `10m`, `24h`.
final class Durations {
  private static final Pattern SPELLING = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
  private static final Map<String, Long> UNIT_NS =
      Map.of(
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  private Durations() {}

  /// @throws IllegalArgumentException whose message says what was expected
  static Duration parse(String text) {
    Matcher matcher = SPELLING.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a number and ms, s, m, h or d, such as 30s");
    }
    BigDecimal ns =
        new BigDecimal(matcher.group(1))
            .multiply(BigDecimal.valueOf(UNIT_NS.getOrDefault(matcher.group(2), 0L)));
    BigDecimal[] parts = ns.divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
    return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
  }
}
