package nova.media.hls;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import nova.core.Timescale;

/// Writes a media playlist. The same value always gives the same text.
///
/// Spec: rfc8216bis-22 §4.4.3, §4.4.4, §4.4.5. *Thread-safe.*
public final class MediaPlaylistWriter {
  /// EXT-X-VERSION of all playlists: the lowest that has EXT-X-SKIP.
  static final int VERSION = 9;

  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final StringBuilder out;
  private final MediaPlaylist playlist;

  private MediaPlaylistWriter(MediaPlaylist playlist) {
    this.playlist = playlist;
    int lines = 16;
    for (MediaSegment segment : playlist.segments()) {
      lines += 3 + segment.parts().size();
    }
    this.out = new StringBuilder(lines * 64);
  }

  public static String write(MediaPlaylist playlist) {
    return new MediaPlaylistWriter(playlist).write();
  }

  private String write() {
    head();
    segments();
    for (PreloadHint hint : playlist.preloadHints()) {
      new AttributeList(out, "#EXT-X-PRELOAD-HINT")
          .enumerated("TYPE", hint.type().name())
          .quoted("URI", hint.uri())
          .end();
    }
    playlist.renditionReports().forEach(this::renditionReport);
    if (playlist.endList()) {
      out.append("#EXT-X-ENDLIST\n");
    } else if (playlist.partTarget().isPresent()
        && playlist.preloadHints().isEmpty()
        && playlist.renditionReports().isEmpty()) {
      // hls.js 1.7 takes the last segment for the next one too when no line follows it, and then
      // stops for good at a discontinuity.
      out.append("# What comes next is not known yet.\n");
    }
    return out.toString();
  }

  private void head() {
    out.append("#EXTM3U\n");
    line("#EXT-X-VERSION:", VERSION);
    if (playlist.independentSegments()) {
      out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    line("#EXT-X-TARGETDURATION:", playlist.targetDurationSeconds());
    playlist
        .partTarget()
        .ifPresent(
            ticks ->
                new AttributeList(out, "#EXT-X-PART-INF")
                    .seconds("PART-TARGET", ticks, playlist.timescale())
                    .end());
    serverControl(playlist.serverControl());
    line("#EXT-X-MEDIA-SEQUENCE:", playlist.mediaSequence());
    line("#EXT-X-DISCONTINUITY-SEQUENCE:", playlist.discontinuitySequence());
    playlist
        .skip()
        .ifPresent(
            skip ->
                new AttributeList(out, "#EXT-X-SKIP")
                    .integer("SKIPPED-SEGMENTS", skip.segments())
                    .end());
  }

  private void serverControl(ServerControl control) {
    if (control.saysNothing()) {
      return;
    }
    AttributeList attributes =
        new AttributeList(out, "#EXT-X-SERVER-CONTROL")
            .yes("CAN-BLOCK-RELOAD", control.canBlockReload());
    control.partHoldBack().ifPresent(d -> attributes.seconds("PART-HOLD-BACK", d));
    control.holdBack().ifPresent(d -> attributes.seconds("HOLD-BACK", d));
    control.canSkipUntil().ifPresent(d -> attributes.seconds("CAN-SKIP-UNTIL", d));
    attributes.end();
  }

  private void segments() {
    List<MediaSegment> segments = playlist.segments();
    int skipped = playlist.skip().map(Skip::segments).orElse(0);
    // A client of a delta update knows the map in force after the segments it is not sent again.
    String map = "";
    for (MediaSegment segment : segments.subList(0, skipped)) {
      map = segment.map().orElse(map);
    }
    for (MediaSegment segment : segments.subList(skipped, segments.size())) {
      segment(segment, map);
      map = segment.map().orElse(map);
    }
  }

  /// What applies to a segment stands before its first part.
  private void segment(MediaSegment segment, String mapInForce) {
    if (segment.discontinuity()) {
      out.append("#EXT-X-DISCONTINUITY\n");
    }
    segment.map().filter(uri -> !uri.equals(mapInForce)).ifPresent(this::map);
    segment.programDateTime().ifPresent(this::programDateTime);
    for (PartialSegment part : segment.parts()) {
      part(part);
    }
    if (segment.complete()) {
      if (segment.gap()) {
        out.append("#EXT-X-GAP\n");
      }
      out.append("#EXTINF:");
      Decimals.appendSeconds(out, segment.duration(), timescale());
      out.append(",\n").append(segment.uri()).append('\n');
    }
  }

  private void map(String uri) {
    new AttributeList(out, "#EXT-X-MAP").quoted("URI", uri).end();
  }

  private void programDateTime(Instant time) {
    out.append("#EXT-X-PROGRAM-DATE-TIME:");
    MILLIS.formatTo(time, out);
    out.append('\n');
  }

  private void part(PartialSegment part) {
    new AttributeList(out, "#EXT-X-PART")
        .seconds("DURATION", part.duration(), timescale())
        .quoted("URI", part.uri())
        .yes("INDEPENDENT", part.independent())
        .yes("GAP", part.gap())
        .end();
  }

  private void renditionReport(RenditionReport report) {
    AttributeList attributes =
        new AttributeList(out, "#EXT-X-RENDITION-REPORT")
            .quoted("URI", report.uri())
            .integer("LAST-MSN", report.lastMsn());
    report.lastPart().ifPresent(index -> attributes.integer("LAST-PART", index));
    attributes.end();
  }

  private void line(String tag, long value) {
    out.append(tag).append(value).append('\n');
  }

  private Timescale timescale() {
    return playlist.timescale();
  }
}
