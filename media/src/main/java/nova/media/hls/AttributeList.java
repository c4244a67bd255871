package nova.media.hls;

import java.time.Duration;
import nova.core.Timescale;

/// Appends the attributes of one tag to a playlist: comma-separated `NAME=value`, no spaces.
///
/// Spec: rfc8216bis-22 §4.2 (attribute lists). *Confined to its creator's thread.*
final class AttributeList {
  private final StringBuilder out;
  private boolean first = true;

  /// Begins the tag `name`, such as `#EXT-X-PART`.
  AttributeList(StringBuilder out, String name) {
    this.out = out;
    out.append(name).append(':');
  }

  /// A quoted-string.
  AttributeList quoted(String name, String value) {
    PlaylistText.requireQuotable(name, value);
    name(name).append('"').append(value).append('"');
    return this;
  }

  /// An enumerated-string.
  AttributeList enumerated(String name, String value) {
    name(name).append(value);
    return this;
  }

  /// `NAME=YES` when true, nothing when false: no attribute that Nova writes defaults to YES.
  AttributeList yes(String name, boolean value) {
    return value ? enumerated(name, "YES") : this;
  }

  /// A decimal-integer.
  AttributeList integer(String name, long value) {
    name(name).append(value);
    return this;
  }

  /// A decimal-floating-point number of seconds, to 10 µs.
  AttributeList seconds(String name, long ticks, Timescale timescale) {
    Decimals.appendSeconds(name(name), ticks, timescale);
    return this;
  }

  /// A decimal-floating-point number of seconds with no more decimals than needed, but three.
  AttributeList seconds(String name, Duration duration) {
    Decimals.appendSeconds(name(name), duration);
    return this;
  }

  /// A decimal-floating-point number with three decimals.
  AttributeList thousandths(String name, double value) {
    Decimals.appendThousandths(name(name), value);
    return this;
  }

  /// A decimal-resolution.
  AttributeList resolution(String name, int width, int height) {
    name(name).append(width).append('x').append(height);
    return this;
  }

  /// Ends the line.
  void end() {
    out.append('\n');
  }

  private StringBuilder name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    return out.append(name).append('=');
  }
}
