package nova.delivery;

import org.jspecify.annotations.Nullable;

/// What the query of a media playlist request asks for: `_HLS_msn`, `_HLS_part`, `_HLS_skip`. All
/// other parameters (CMCD, cache busters) mean nothing here.
///
/// Spec: rfc8216bis-22 §6.2.5 (Delivery Directives). *Immutable.*
public sealed interface ReloadDirectives {
  /// Directives that make sense by themselves.
  ///
  /// @param msn media sequence number to wait for, or -1 for the current playlist
  /// @param part part of it to wait for, or -1 for the whole segment
  /// @param skip whether a delta update is welcome
  record Reload(long msn, long part, boolean skip) implements ReloadDirectives {
    /// Whether the answer may have to wait.
    public boolean blocking() {
      return msn >= 0;
    }
  }

  /// Directives to refuse.
  ///
  /// @param sentence what is wrong with them, for whoever wrote the client
  record Malformed(String sentence) implements ReloadDirectives {}

  /// No directive at all.
  Reload NONE = new Reload(-1, -1, false);

  /// Reads a raw query string.
  static ReloadDirectives read(@Nullable String query) {
    if (query == null || !query.contains("_HLS_")) {
      return NONE;
    }
    String msn = QueryParameter.find(query, "_HLS_msn");
    String part = QueryParameter.find(query, "_HLS_part");
    String skip = QueryParameter.find(query, "_HLS_skip");
    long msnNumber = -1;
    long partNumber = -1;
    if (msn != null) {
      msnNumber = PathCursor.number(msn, 0, msn.length());
      if (msnNumber < 0) {
        return malformed("_HLS_msn", msn);
      }
    }
    if (part != null) {
      partNumber = PathCursor.number(part, 0, part.length());
      if (partNumber < 0) {
        return malformed("_HLS_part", part);
      }
      if (msn == null) {
        return new Malformed("_HLS_part needs _HLS_msn: add the media sequence number it is of.");
      }
    }
    return new Reload(msnNumber, partNumber, "YES".equals(skip) || "v2".equals(skip));
  }

  private static Malformed malformed(String name, String value) {
    return new Malformed(
        "%s is '%s' (expected: a whole number of at most 15 digits)."
            .formatted(name, printable(value)));
  }

  /// The start of a peer's text, safe to repeat in an answer.
  private static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), 24); i++) {
      char c = text.charAt(i);
      boolean harmless =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '+'
              || c == '.'
              || c == '%';
      safe.append(harmless ? c : '?');
    }
    return text.length() > 24 ? safe.append("...").toString() : safe.toString();
  }
}
