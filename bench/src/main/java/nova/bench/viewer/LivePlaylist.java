package nova.bench.viewer;

import java.io.IOException;
import java.time.OffsetDateTime;
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
/// @param firstSegment media sequence number of the first segment
/// @param startsAtMs wall-clock time of the first segment, -1 when the playlist does not say
/// @param parts the listed parts, the newest last
/// @param nextSegment media sequence number of the part that comes next
/// @param nextPart its index in that segment
/// @param hint URI of the part that comes next, null when there is no hint
/// @param ended whether there is an ENDLIST
record LivePlaylist(
    long firstSegment,
    long startsAtMs,
    List<Part> parts,
    long nextSegment,
    int nextPart,
    @Nullable String hint,
    boolean ended) {
  /// One listed part.
  ///
  /// @param endsAtMs wall-clock time of its end by the playlist, of no use when that does not say
  record Part(String uri, double durationSeconds, long endsAtMs, boolean independent) {}

  private static final String TIME = "#EXT-X-PROGRAM-DATE-TIME:";

  LivePlaylist {
    parts = List.copyOf(parts);
  }

  static LivePlaylist read(Bytes text) throws IOException {
    List<Part> parts = new ArrayList<>();
    long firstSegment = 0;
    long startsAtMs = -1;
    double clockMs = 0;
    long segment = 0;
    int openParts = 0;
    String hint = null;
    boolean ended = false;
    for (String line : text.toUtf8().lines().toList()) {
      if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
        firstSegment = Long.parseLong(line.substring("#EXT-X-MEDIA-SEQUENCE:".length()).strip());
        segment += firstSegment;
      } else if (line.startsWith(TIME)) {
        long timeMs =
            OffsetDateTime.parse(line.substring(TIME.length())).toInstant().toEpochMilli();
        startsAtMs = startsAtMs < 0 ? timeMs : startsAtMs;
        clockMs = timeMs;
      } else if (line.startsWith("#EXT-X-SKIP:")) {
        segment += Long.parseLong(required(attributes(line), "SKIPPED-SEGMENTS"));
      } else if (line.startsWith("#EXT-X-PART:")) {
        Map<String, String> attributes = attributes(line);
        double seconds = Double.parseDouble(required(attributes, "DURATION"));
        clockMs += seconds * 1e3;
        parts.add(
            new Part(
                required(attributes, "URI"),
                seconds,
                Math.round(clockMs),
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
    return new LivePlaylist(firstSegment, startsAtMs, parts, segment, openParts, hint, ended);
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
