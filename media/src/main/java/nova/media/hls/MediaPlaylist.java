package nova.media.hls;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Timescale;

/// The playlist of one rendition. Durations are ticks of one timescale, so that nothing is rounded
/// before it becomes text.
///
/// What the specification says MUST hold within one playlist is checked when it is made. Not
/// checked is that parts last at least 85 % of the part target: an encoder's uneven timestamps may
/// break that, and a playlist that players forgive is better than none.
///
/// Spec: rfc8216bis-22 §4.4.3 (media playlist tags), §6.2. *Immutable.*
///
/// @param timescale unit of all durations of segments and parts
/// @param targetDurationSeconds no segment, rounded to whole seconds, is longer; never changes
/// @param partTarget in ticks; no part is longer. Required with parts
/// @param mediaSequence number of the first segment, whether skipped or not
/// @param discontinuitySequence discontinuities that stood before the first segment
/// @param independentSegments whether every segment begins with a keyframe
/// @param segments all segments, also those that `skip` leaves out; only the last may be open
/// @param skip present in a delta update; see [#asDelta]
/// @param renditionReports one for each other media playlist of the presentation
/// @param endList whether nothing will be added any more
public record MediaPlaylist(
    Timescale timescale,
    int targetDurationSeconds,
    OptionalLong partTarget,
    ServerControl serverControl,
    long mediaSequence,
    long discontinuitySequence,
    boolean independentSegments,
    List<MediaSegment> segments,
    Optional<Skip> skip,
    List<PreloadHint> preloadHints,
    List<RenditionReport> renditionReports,
    boolean endList) {
  public MediaPlaylist {
    segments = List.copyOf(segments);
    preloadHints = List.copyOf(preloadHints);
    renditionReports = List.copyOf(renditionReports);
    require(targetDurationSeconds >= 1, "target duration", targetDurationSeconds, ">= 1 s");
    require(mediaSequence >= 0, "media sequence", mediaSequence, ">= 0");
    require(discontinuitySequence >= 0, "discontinuity sequence", discontinuitySequence, ">= 0");
    requireServerControl(timescale, targetDurationSeconds, partTarget, serverControl);
    for (int i = 0; i < segments.size(); i++) {
      MediaSegment segment = segments.get(i);
      requireSegment(segment, timescale, targetDurationSeconds, partTarget);
      require(
          segment.complete() || (i == segments.size() - 1 && !endList),
          "open segment",
          segment.uri(),
          "only at the end of a playlist that is not over");
    }
    requireHints(preloadHints, endList);
    if (skip.isPresent()) {
      int skipped = skip.get().segments();
      require(
          skipped <= segments.size() && serverControl.canSkipUntil().isPresent() && !endList,
          "skipped segments",
          skipped,
          "<= %d, with CAN-SKIP-UNTIL and without ENDLIST".formatted(segments.size()));
    }
  }

  /// The delta update of this playlist: segments that end before the skip boundary are left out.
  /// Empty when none does, or when the playlist cannot have one (no CAN-SKIP-UNTIL, or over).
  ///
  /// Spec: rfc8216bis-22 §6.2.5.1.
  public Optional<MediaPlaylist> asDelta() {
    if (serverControl.canSkipUntil().isEmpty() || endList) {
      return Optional.empty();
    }
    long boundary =
        timescale.fromDuration(serverControl.canSkipUntil().get(), RoundingMode.CEILING);
    int skipped = segments.size();
    long kept = 0; // from the end of the last complete segment back
    while (skipped > 0 && kept < boundary) {
      skipped--;
      MediaSegment segment = segments.get(skipped);
      kept += segment.complete() ? segment.duration() : 0;
    }
    return skipped == 0 ? Optional.empty() : Optional.of(withSkip(new Skip(skipped)));
  }

  private MediaPlaylist withSkip(Skip skip) {
    return new MediaPlaylist(
        timescale,
        targetDurationSeconds,
        partTarget,
        serverControl,
        mediaSequence,
        discontinuitySequence,
        independentSegments,
        segments,
        Optional.of(skip),
        preloadHints,
        renditionReports,
        endList);
  }

  private static void requireServerControl(
      Timescale timescale, int targetDuration, OptionalLong partTarget, ServerControl control) {
    Duration target = Duration.ofSeconds(targetDuration);
    control.holdBack().ifPresent(d -> requireAtLeast("HOLD-BACK", d, target.multipliedBy(3)));
    control
        .canSkipUntil()
        .ifPresent(d -> requireAtLeast("CAN-SKIP-UNTIL", d, target.multipliedBy(6)));
    if (partTarget.isPresent()) {
      long ticks = partTarget.getAsLong();
      require(ticks > 0, "part target", ticks, "> 0 ticks");
      requireAtLeast(
          "PART-HOLD-BACK",
          control.partHoldBack().orElse(Duration.ZERO),
          timescale.toDuration(2 * ticks));
    }
  }

  private static void requireSegment(
      MediaSegment segment, Timescale timescale, int targetDuration, OptionalLong partTarget) {
    // A duration counts as rounded to the nearest whole second (§4.4.3.1).
    long seconds = timescale.rescale(segment.duration(), new Timescale(1), RoundingMode.HALF_UP);
    if (seconds > targetDuration) {
      throw new IllegalArgumentException(
          "segment %s lasts %.3f s (expected: rounded <= the target duration of %d s)"
              .formatted(segment.uri(), timescale.toSeconds(segment.duration()), targetDuration));
    }
    for (PartialSegment part : segment.parts()) {
      if (part.duration() > partTarget.orElse(-1)) {
        throw new IllegalArgumentException(
            "part %s lasts %d ticks (expected: <= the part target, %d)"
                .formatted(part.uri(), part.duration(), partTarget.orElse(-1)));
      }
    }
  }

  private static void requireHints(List<PreloadHint> hints, boolean endList) {
    long types = hints.stream().map(PreloadHint::type).distinct().count();
    require(
        types == hints.size() && (hints.isEmpty() || !endList),
        "number of preload hints",
        hints.size(),
        "one per type, and none with ENDLIST");
  }

  private static void requireAtLeast(String name, Duration value, Duration least) {
    require(value.compareTo(least) >= 0, name, value, ">= " + least);
  }

  private static void require(boolean holds, String what, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s %s (expected: %s)".formatted(what, value, expected));
    }
  }
}
