package nova.delivery.http;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The value of the Date header, formatted once per second.
///
/// Spec: RFC 9110 §5.6.7 (IMF-fixdate). *Thread-safe.*
final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private record Stamp(long second, String text) {}

  private final InstantSource clock;
  private volatile Stamp newest = new Stamp(Long.MIN_VALUE, "");

  HttpDate(InstantSource clock) {
    this.clock = clock;
  }

  String now() {
    Instant now = clock.instant();
    Stamp stamp = newest;
    if (stamp.second != now.getEpochSecond()) {
      stamp = new Stamp(now.getEpochSecond(), FORMAT.format(now));
      newest = stamp;
    }
    return stamp.text;
  }
}
