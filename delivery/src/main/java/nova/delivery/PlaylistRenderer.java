package nova.delivery;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import nova.core.StreamId;
import nova.media.hls.MediaPlaylist;
import nova.media.hls.MediaSegment;
import nova.media.hls.PartialSegment;
import nova.media.hls.PreloadHint;
import nova.media.hls.RenditionReport;
import nova.media.hls.ServerControl;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// Turns a rendition's window into its media playlist: a pure function of the snapshot.
///
/// All URIs are relative, so playlists work by stream id, by channel name and below a path prefix.
///
/// Spec: rfc8216bis-22 §4.4.3 (media playlist tags), §6.2.
public final class PlaylistRenderer {
  private static final String TO_MEDIA = "../../../media/"; // from /hls/{stream}/{rendition}/

  private static final int PARTS_KEPT = 3; // target durations from the end
  private static final int PART_HOLD_BACK = 3; // part targets
  private static final int HOLD_BACK = 3; // target durations
  private static final int SKIP_BOUNDARY = 6;

  private PlaylistRenderer() {}

  /// The whole playlist; see [MediaPlaylist#asDelta] for its delta update.
  public static MediaPlaylist mediaPlaylist(
      TimelineSnapshot snapshot, RenditionTimeline rendition) {
    boolean over = snapshot.state() == TimelineState.ENDED;
    List<TimelineSegment> listed =
        rendition.segments().stream()
            .filter(over ? TimelineSegment::complete : LiveEdge::isListed)
            .toList();
    return new MediaPlaylist(
        rendition.timescale(),
        rendition.targetDurationSeconds(),
        OptionalLong.of(rendition.partTarget()),
        serverControl(snapshot, rendition.targetDurationSeconds()),
        listed.isEmpty() ? 0 : listed.getFirst().number(),
        rendition.discontinuitySequence(),
        rendition.independentSegments(),
        segments(snapshot.stream(), rendition, listed),
        Optional.empty(),
        hints(snapshot, rendition),
        over ? List.of() : reports(snapshot, rendition),
        over);
  }

  /// The same in every media playlist of the stream, so it follows from the longest part target.
  private static ServerControl serverControl(TimelineSnapshot snapshot, int targetDuration) {
    long longestMs = 0;
    for (RenditionTimeline rendition : snapshot.renditions()) {
      long threeParts = PART_HOLD_BACK * rendition.partTarget();
      longestMs = Math.max(longestMs, rendition.timescale().toMs(threeParts, RoundingMode.CEILING));
    }
    Duration target = Duration.ofSeconds(targetDuration);
    return new ServerControl(
        true,
        Optional.of(Duration.ofMillis(longestMs)),
        Optional.of(target.multipliedBy(HOLD_BACK)),
        Optional.of(target.multipliedBy(SKIP_BOUNDARY)));
  }

  private static List<MediaSegment> segments(
      StreamId stream, RenditionTimeline rendition, List<TimelineSegment> listed) {
    long partsKept =
        rendition
            .timescale()
            .fromMs(PARTS_KEPT * 1_000L * rendition.targetDurationSeconds(), RoundingMode.CEILING);
    MediaSegment[] segments = new MediaSegment[listed.size()];
    long fromEnd = 0; // between the end of the segment and the end of the playlist
    for (int i = listed.size() - 1; i >= 0; i--) {
      TimelineSegment segment = listed.get(i);
      segments[i] = segment(stream, rendition, segment, fromEnd < partsKept);
      fromEnd += segment.duration();
    }
    return List.of(segments);
  }

  private static MediaSegment segment(
      StreamId stream, RenditionTimeline rendition, TimelineSegment segment, boolean withParts) {
    String folder = TO_MEDIA + MediaPath.folder(stream, rendition.id(), segment.epoch());
    List<PartialSegment> parts = new ArrayList<>();
    for (int i = 0; withParts && i < segment.parts().size(); i++) {
      // The one part of a gap tells its whole duration, which may exceed the part target.
      if (!segment.gap()) {
        parts.add(
            new PartialSegment(
                folder + MediaPath.partName(segment.number(), i),
                // One sample may outlast the target where the source froze; EXTINF tells the truth.
                Math.min(segment.parts().get(i).duration(), rendition.partTarget()),
                segment.parts().get(i).independent(),
                false));
      }
    }
    return new MediaSegment(
        folder + MediaPath.segmentName(segment.number()),
        Math.min(segment.duration(), longestSegment(rendition)),
        segment.discontinuity(),
        // A rendition without media in an epoch has no initialization section of it.
        segment.gap() ? Optional.empty() : Optional.of(folder + MediaPath.INIT_NAME),
        Optional.of(segment.programDateTime()),
        parts,
        segment.complete(),
        segment.gap());
  }

  /// The longest EXTINF that rounds to the target duration, in ticks.
  private static long longestSegment(RenditionTimeline rendition) {
    return rendition
        .timescale()
        .fromMs(rendition.targetDurationSeconds() * 1_000L + 499, RoundingMode.FLOOR);
  }

  private static List<PreloadHint> hints(TimelineSnapshot snapshot, RenditionTimeline rendition) {
    LiveEdge.Hint hint = LiveEdge.hint(snapshot, rendition);
    if (hint == null) {
      return List.of();
    }
    String folder = TO_MEDIA + MediaPath.folder(snapshot.stream(), rendition.id(), hint.epoch());
    return List.of(
        new PreloadHint(
            PreloadHint.Type.PART, folder + MediaPath.partName(hint.msn(), hint.part())));
  }

  private static List<RenditionReport> reports(
      TimelineSnapshot snapshot, RenditionTimeline rendition) {
    List<RenditionReport> reports = new ArrayList<>();
    for (RenditionTimeline other : snapshot.renditions()) {
      LiveEdge edge = LiveEdge.of(other);
      if (!other.id().equals(rendition.id()) && edge.lastMsn() >= 0) {
        reports.add(
            new RenditionReport(
                "../" + other.id() + "/index.m3u8",
                edge.lastMsn(),
                edge.lastPart() < 0 ? OptionalInt.empty() : OptionalInt.of(edge.lastPart())));
      }
    }
    return reports;
  }
}
