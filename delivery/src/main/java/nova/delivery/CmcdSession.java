package nova.delivery;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a player says of its session in a request: its id, `sid`, out of a payload of Common Media
/// Client Data.
///
/// Players differ in how they write what is beside it (hls.js 1.7 sends `lb=(219.824)`, Shaka 5.2
/// `br=591`), so other keys are stepped over, whatever they have; strings and lists must end.
///
/// Spec: CTA-5004-B (request mode; `sid`, `v`). *Immutable.*
public sealed interface CmcdSession {
  /// The longest payload that is looked at, in characters.
  int MAX_PAYLOAD = 4_096;

  /// The longest session id.
  int MAX_SID = 64;

  /// The newest version that is understood.
  int VERSION = 2;

  /// The session's id, of 1 to 64 characters.
  record Named(String sid) implements CmcdSession {}

  /// Nothing is said of it.
  record Absent() implements CmcdSession {}

  /// What is said cannot be understood.
  record Malformed() implements CmcdSession {}

  /// That of a request without any such data.
  CmcdSession ABSENT = new Absent();

  /// That of a request with broken data.
  CmcdSession MALFORMED = new Malformed();

  /// Reads the header `CMCD-Session`.
  static CmcdSession ofHeader(String payload) {
    return read(payload);
  }

  /// Reads the parameter `CMCD` of a raw query string.
  static CmcdSession ofQuery(@Nullable String query) {
    String encoded = query == null ? null : QueryParameter.find(query, "CMCD");
    if (encoded == null) {
      return ABSENT;
    }
    if (encoded.length() > MAX_PAYLOAD) {
      return MALFORMED;
    }
    Optional<String> payload = QueryParameter.decode(encoded);
    return payload.isPresent() ? read(payload.get()) : MALFORMED;
  }

  private static CmcdSession read(String payload) {
    if (payload.length() > MAX_PAYLOAD) {
      return MALFORMED;
    }
    String sid = null;
    int from = 0;
    while (from < payload.length()) {
      int end = endOfMember(payload, from);
      if (end < 0) {
        return MALFORMED;
      }
      String member = payload.substring(from, end).strip();
      if (member.startsWith("sid=")) {
        sid = string(member.substring("sid=".length()));
        if (sid == null) {
          return MALFORMED;
        }
      } else if (member.startsWith("v=") && !isUnderstood(member.substring("v=".length()))) {
        return ABSENT; // of a version to come, of which nothing may be taken
      }
      from = end + 1;
    }
    return sid == null ? ABSENT : new Named(sid);
  }

  /// The index of the comma behind a member, or of the end; -1 when a string or list has none.
  private static int endOfMember(String payload, int from) {
    boolean quoted = false;
    int open = 0;
    for (int i = from; i < payload.length(); i++) {
      char c = payload.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '(') {
        open++;
      } else if (c == ')') {
        open--;
      } else if (c == ',' && open <= 0) {
        return i;
      }
    }
    return quoted || open > 0 ? -1 : payload.length();
  }

  /// A quoted string of printable ASCII, as a session id is; null when it is none.
  private static @Nullable String string(String text) {
    if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
      return null;
    }
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() - 1) {
        i++;
        c = text.charAt(i);
      } else if (c == '"' || c == '\\') {
        return null;
      }
      if (c < ' ' || c > '~' || value.length() == MAX_SID) {
        return null;
      }
      value.append(c);
    }
    return value.isEmpty() ? null : value.toString();
  }

  private static boolean isUnderstood(String version) {
    return PathCursor.number(version, 0, version.length()) <= VERSION;
  }
}
