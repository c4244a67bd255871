package nova.delivery;

import org.jspecify.annotations.Nullable;

/// One range of bytes of a body.
///
/// Spec: RFC 9110 §14.1.2 (byte ranges). *Immutable.*
///
/// @param first offset of the first byte
/// @param last offset of the last byte, inclusive
public record ByteRange(long first, long last) {
  private static final String UNIT = "bytes=";
  private static final int MAX_DIGITS = 18; // more would overflow a long

  public ByteRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("byte range %d-%d".formatted(first, last));
    }
  }

  public long length() {
    return last - first + 1;
  }

  /// The value of Content-Range for a body of `total` bytes.
  public String contentRange(long total) {
    return "bytes " + first + "-" + last + "/" + total;
  }

  /// What a Range header asks of a body.
  public sealed interface Request {}

  /// No range, or one that the server ignores: other units, several ranges, bad syntax.
  public record Whole() implements Request {
    private static final Whole INSTANCE = new Whole();
  }

  /// One range within the body.
  public record Slice(ByteRange range) implements Request {}

  /// A range outside the body: 416.
  public record Unsatisfiable() implements Request {
    private static final Unsatisfiable INSTANCE = new Unsatisfiable();
  }

  /// Reads the header of a request for a body of `total` bytes.
  public static Request read(@Nullable String header, long total) {
    if (header == null || !header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
      return Whole.INSTANCE;
    }
    String spec = header.substring(UNIT.length()).trim();
    int dash = spec.indexOf('-');
    if (dash < 0 || !digits(spec, 0, dash) || !digits(spec, dash + 1, spec.length())) {
      return Whole.INSTANCE; // several ranges land here too: a comma is no digit
    }
    boolean suffix = dash == 0;
    boolean open = dash == spec.length() - 1;
    if (suffix && open) {
      return Whole.INSTANCE;
    }
    if (suffix) {
      long length = number(spec, 1, spec.length());
      return length == 0 || total == 0
          ? Unsatisfiable.INSTANCE
          : new Slice(new ByteRange(Math.max(0, total - length), total - 1));
    }
    long first = number(spec, 0, dash);
    long last = open ? Long.MAX_VALUE : number(spec, dash + 1, spec.length());
    if (last < first) {
      return Whole.INSTANCE;
    }
    return first >= total
        ? Unsatisfiable.INSTANCE
        : new Slice(new ByteRange(first, Math.min(last, total - 1)));
  }

  private static boolean digits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static long number(String text, int from, int to) {
    return to - from > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(text, from, to, 10);
  }
}
