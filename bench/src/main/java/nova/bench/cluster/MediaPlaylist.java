package nova.bench.cluster;

import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a media playlist says of the numbers and times of its media.
///
/// Spec: rfc8216bis-22 §4.4. *Immutable.*
///
/// @param segments complete ones, in order
/// @param parts all that are listed, in order
/// @param nextPart index of the part that comes next, in the segment after the last complete one
record MediaPlaylist(List<Segment> segments, List<Part> parts, int nextPart, boolean ended) {
  private static final Pattern NUMBER = Pattern.compile("/(\\d+)\\.m4s$");
  private static final Pattern PART =
      Pattern.compile("#EXT-X-PART:.*URI=\"([^\"]*/(\\d+)\\.(\\d+)\\.m4s)\".*");
  private static final Pattern DURATION = Pattern.compile("[:,]DURATION=([0-9.]+)");
  private static final String SEQUENCE = "#EXT-X-MEDIA-SEQUENCE:";
  private static final String TIME = "#EXT-X-PROGRAM-DATE-TIME:";
  private static final String EXTINF = "#EXTINF:";

  /// A complete segment.
  ///
  /// @param sequence its media sequence number
  /// @param number in its address
  /// @param extinf its line of duration
  /// @param startsAtMs wall-clock time of its first frame by the playlist; -1 when it does not say
  /// @param gap whether its media is missing
  record Segment(
      long sequence, long number, String uri, String extinf, long startsAtMs, boolean gap) {
    /// Wall-clock time of its end by the playlist.
    long endsAtMs() {
      String seconds = extinf.substring(EXTINF.length(), extinf.indexOf(','));
      return startsAtMs + Math.round(Double.parseDouble(seconds) * 1e3);
    }
  }

  /// A part.
  ///
  /// @param endsAtMs wall-clock time of its last frame by the playlist; -1 when it does not say
  /// @param gap whether its media is missing
  record Part(long number, int index, String uri, long endsAtMs, boolean gap) {}

  MediaPlaylist {
    segments = List.copyOf(segments);
    parts = List.copyOf(parts);
  }

  static MediaPlaylist read(String text) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    long sequence = 0;
    int open = 0;
    double clockMs = -1;
    double startMs = -1;
    boolean ended = false;
    boolean gap = false;
    @Nullable String extinf = null;
    for (String line : text.lines().toList()) {
      Matcher part = PART.matcher(line);
      if (line.startsWith(SEQUENCE)) {
        sequence = Long.parseLong(line.substring(SEQUENCE.length()));
      } else if (line.startsWith(TIME)) {
        clockMs = OffsetDateTime.parse(line.substring(TIME.length())).toInstant().toEpochMilli();
        startMs = clockMs;
      } else if (line.startsWith(EXTINF)) {
        extinf = line;
      } else if (part.matches()) {
        if (clockMs >= 0) {
          clockMs += duration(line) * 1e3;
        }
        parts.add(
            new Part(
                Long.parseLong(part.group(2)),
                Integer.parseInt(part.group(3)),
                part.group(1),
                (long) clockMs,
                line.contains("GAP=YES")));
        open++;
      } else if (line.startsWith("#EXT-X-GAP")) {
        gap = true;
      } else if (line.startsWith("#EXT-X-ENDLIST")) {
        ended = true;
      } else if (!line.isBlank() && !line.startsWith("#") && extinf != null) {
        Matcher number = NUMBER.matcher(line);
        if (!number.find()) {
          throw new IOException("the address %s has no number".formatted(line));
        }
        segments.add(
            new Segment(
                sequence++,
                Long.parseLong(number.group(1)),
                line.strip(),
                extinf,
                (long) startMs,
                gap));
        open = 0;
        startMs = -1;
        gap = false;
        extinf = null;
      }
    }
    return new MediaPlaylist(segments, parts, open, ended);
  }

  private static double duration(String line) throws IOException {
    Matcher duration = DURATION.matcher(line);
    if (!duration.find()) {
      throw new IOException("a part without DURATION: " + line);
    }
    return Double.parseDouble(duration.group(1));
  }

  /// Media sequence number of the segment that comes next.
  long nextSegment() {
    return segments.isEmpty() ? 0 : segments.getLast().sequence() + 1;
  }
}
