package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A media playlist as a client reads it: independent of the code that writes them.
///
/// @param segments by rising number, those of a delta update filled in from the playlist before;
///   only the last may be open
record LivePlaylist(
    String header,
    double partTarget,
    long mediaSequence,
    long discontinuitySequence,
    List<Segment> segments,
    String hint,
    boolean delta,
    boolean ended) {
  private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"]*\"|[^,]*)");

  /// @param uri empty while the segment is open
  record Segment(
      long number,
      String uri,
      double duration,
      long discontinuities,
      boolean discontinuity,
      String map,
      Instant time,
      List<Part> parts,
      boolean gap) {
    boolean open() {
      return uri.isEmpty();
    }
  }

  record Part(String uri, double duration, boolean independent) {}

  Segment last() {
    return segments.getLast();
  }

  /// Reads a playlist.
  ///
  /// @param before what a delta update is applied to; empty for the first
  static LivePlaylist read(String text, List<Segment> before) {
    Reader reader = new Reader(before);
    text.lines().forEach(reader::line);
    return reader.playlist();
  }

  private static Map<String, String> attributes(String text) {
    Map<String, String> attributes = new TreeMap<>();
    for (MatchResult match : ATTRIBUTE.matcher(text).results().toList()) {
      attributes.put(match.group(1), match.group(2).replace("\"", ""));
    }
    return attributes;
  }

  /// What was read so far, and the segment that is being read.
  private static final class Reader {
    private final List<Segment> before;
    private final List<Segment> segments = new ArrayList<>();
    private final StringBuilder header = new StringBuilder();
    private double partTarget;
    private long mediaSequence;
    private long discontinuitySequence;
    private long discontinuities;
    private String hint = "";
    private boolean delta;
    private boolean ended;

    private boolean discontinuity;
    private boolean gap;
    private String map = "";
    private Instant time = Instant.MIN;
    private double duration;
    private List<Part> parts = new ArrayList<>();

    Reader(List<Segment> before) {
      this.before = before;
    }

    void line(String line) {
      int colon = line.indexOf(':');
      String tag = line.startsWith("#") && colon > 0 ? line.substring(0, colon) : line;
      String value = line.substring(colon + 1);
      switch (tag) {
        case "#EXT-X-TARGETDURATION", "#EXT-X-SERVER-CONTROL" -> header.append(line).append('\n');
        case "#EXT-X-PART-INF" -> {
          header.append(line).append('\n');
          partTarget = Double.parseDouble(attributes(value).get("PART-TARGET"));
        }
        case "#EXT-X-MEDIA-SEQUENCE" -> mediaSequence = Long.parseLong(value);
        case "#EXT-X-DISCONTINUITY-SEQUENCE" -> {
          discontinuitySequence = Long.parseLong(value);
          discontinuities = discontinuitySequence;
        }
        case "#EXT-X-SKIP" -> skip(Integer.parseInt(attributes(value).get("SKIPPED-SEGMENTS")));
        case "#EXT-X-DISCONTINUITY" -> {
          discontinuity = true;
          discontinuities++;
        }
        case "#EXT-X-MAP" -> map = attributes(value).get("URI");
        case "#EXT-X-PROGRAM-DATE-TIME" -> time = Instant.parse(value);
        case "#EXT-X-PART" -> {
          Map<String, String> part = attributes(value);
          parts.add(
              new Part(
                  part.get("URI"),
                  Double.parseDouble(part.get("DURATION")),
                  "YES".equals(part.get("INDEPENDENT"))));
        }
        case "#EXT-X-GAP" -> gap = true;
        case "#EXTINF" -> duration = Double.parseDouble(value.replace(",", ""));
        case "#EXT-X-PRELOAD-HINT" -> hint = attributes(value).get("URI");
        case "#EXT-X-ENDLIST" -> ended = true;
        default -> {
          if (!line.startsWith("#")) {
            finish(line);
          }
        }
      }
    }

    private void skip(int count) {
      delta = true;
      for (long number = mediaSequence; number < mediaSequence + count; number++) {
        long wanted = number;
        Segment known =
            before.stream()
                .filter(s -> s.number() == wanted && !s.open())
                .findFirst()
                .orElseThrow(
                    () -> new AssertionError("skipped segment %d is new".formatted(wanted)));
        segments.add(known);
        map = known.map();
        discontinuities += known.discontinuity() ? 1 : 0;
      }
    }

    private void finish(String uri) {
      segments.add(
          new Segment(
              mediaSequence + segments.size(),
              uri,
              duration,
              discontinuities,
              discontinuity,
              map,
              time,
              List.copyOf(parts),
              gap));
      discontinuity = false;
      gap = false;
      time = Instant.MIN;
      duration = 0;
      parts = new ArrayList<>();
    }

    LivePlaylist playlist() {
      if (!parts.isEmpty()) {
        duration = parts.stream().mapToDouble(Part::duration).sum();
        finish("");
      }
      assertThat(segments).as("segments").isNotEmpty();
      return new LivePlaylist(
          header.toString(),
          partTarget,
          mediaSequence,
          discontinuitySequence,
          List.copyOf(segments),
          hint,
          delta,
          ended);
    }
  }
}
