package nova.bench.viewer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import org.jspecify.annotations.Nullable;

/// What a player takes from a low-latency media playlist.
///
/// Spec: rfc8216bis-22 §4.4.4.9 (EXT-X-PART), §4.4.5.3 (EXT-X-PRELOAD-HINT), §6.2.5.2 (blocking
/// reload)
///
/// *Immutable.*
///
/// @param parts the listed parts, the newest last
/// @param nextSegment media sequence number of the part that comes next
/// @param nextPart its index in that segment
/// @param hint URI of the part that comes next, null when there is no hint
/// @param ended whether there is an ENDLIST
record LivePlaylist(
    List<Part> parts, long nextSegment, int nextPart, @Nullable String hint, boolean ended) {
  /// One listed part.
  record Part(String uri, double durationSeconds, boolean independent) {}

  LivePlaylist {
    parts = List.copyOf(parts);
  }

  static LivePlaylist read(Bytes text) throws IOException {
    List<Part> parts = new ArrayList<>();
    long segment = 0;
    int openParts = 0;
    String hint = null;
    boolean ended = false;
    for (String line : text.toUtf8().lines().toList()) {
      if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
        segment += Long.parseLong(line.substring("#EXT-X-MEDIA-SEQUENCE:".length()).strip());
      } else if (line.startsWith("#EXT-X-SKIP:")) {
        segment += Long.parseLong(required(attributes(line), "SKIPPED-SEGMENTS"));
      } else if (line.startsWith("#EXT-X-PART:")) {
        Map<String, String> attributes = attributes(line);
        parts.add(
            new Part(
                required(attributes, "URI"),
                Double.parseDouble(required(attributes, "DURATION")),
                "YES".equals(attributes.get("INDEPENDENT"))));
        openParts++;
      } else if (line.startsWith("#EXT-X-PRELOAD-HINT:TYPE=PART")) {
        hint = required(attributes(line), "URI");
      } else if (line.startsWith("#EXT-X-ENDLIST")) {
        ended = true;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        segment++;
        openParts = 0;
      }
    }
    return new LivePlaylist(parts, segment, openParts, hint, ended);
  }

  /// Spec: rfc8216bis-22 §4.2 (attribute lists)
  private static Map<String, String> attributes(String line) {
    Map<String, String> attributes = new HashMap<>();
    int at = line.indexOf(':') + 1;
    while (at < line.length()) {
      int equals = line.indexOf('=', at);
      if (equals < 0) {
        break;
      }
      boolean quoted = equals + 1 < line.length() && line.charAt(equals + 1) == '"';
      int end = line.indexOf(quoted ? '"' : ',', equals + 2);
      end = end < 0 ? line.length() : end;
      String value = line.substring(equals + (quoted ? 2 : 1), end).strip();
      attributes.put(line.substring(at, equals), value);
      at = end + (quoted ? 2 : 1);
    }
    return attributes;
  }

  private static String required(Map<String, String> attributes, String name) throws IOException {
    String value = attributes.get(name);
    if (value == null) {
      throw new IOException("a playlist tag without %s (it is required)".formatted(name));
    }
    return value;
  }
}
