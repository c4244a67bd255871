package nova.packager;

import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import nova.media.TrackFormat.AudioFormat;
import nova.media.aac.SilentAccessUnit;
import org.jspecify.annotations.Nullable;

/// Makes the frames of an audio track that an epoch lacks: silence, in step with another track.
///
/// It depends on the log alone, so two packagers that read the same log make the same frames.
///
/// *Confined to its stream's thread.*
final class SilentTrack {
  private final TrackId track;
  private final AudioFormat format;
  private final Bytes payload;
  private @Nullable LoggedFrame last; // of the other track
  private long interval; // between its last two frames
  private long shift; // pts - dts of its latest keyframe
  private long next; // dts of the next silent frame
  private long segment;
  private boolean cut;

  private SilentTrack(TrackId track, AudioFormat format, Bytes payload) {
    this.track = track;
    this.format = format;
    this.payload = payload;
  }

  /// Empty when silence cannot be coded in the format.
  static Optional<SilentTrack> of(TrackId track, AudioFormat format) {
    return SilentAccessUnit.of(format).map(payload -> new SilentTrack(track, format, payload));
  }

  /// The frames that begin before `other`, a frame of the other track in units of `timescale`. When
  /// that one begins a segment, the frames after it belong to that segment too.
  List<LoggedFrame> follow(LoggedFrame other, Timescale timescale) {
    MediaFrame leader = other.frame();
    boolean begins = last == null || other.segment() != segment;
    // Segments begin at the time their first picture is shown.
    long time = begins && leader.keyframe() ? leader.pts() : leader.dts();
    List<LoggedFrame> frames = until(time, other, timescale);
    if (begins) {
      segment = other.segment();
      cut = true;
    }
    if (leader.keyframe()) {
      shift = leader.pts() - leader.dts();
    }
    if (last != null) {
      interval = leader.dts() - last.frame().dts();
    }
    last = other;
    return frames;
  }

  /// The frames until the last frame of the other track is over; it lasts as long as the one
  /// before.
  List<LoggedFrame> rest(Timescale timescale) {
    return last == null ? List.of() : until(last.frame().dts() + interval + shift, last, timescale);
  }

  private List<LoggedFrame> until(long time, LoggedFrame other, Timescale timescale) {
    long end = timescale.rescale(time, format.timescale(), RoundingMode.CEILING);
    if (last == null) {
      next = end;
    }
    List<LoggedFrame> frames = new ArrayList<>();
    for (; next < end; next += format.samplesPerFrame()) {
      frames.add(frame(other, timescale));
    }
    return frames;
  }

  private LoggedFrame frame(LoggedFrame other, Timescale timescale) {
    boolean first = cut;
    cut = false;
    return new LoggedFrame(
        new MediaFrame(track, next, next, true, payload),
        other.arrivedAt(),
        other
            .wallClock()
            .plus(format.timescale().toDuration(next))
            .minus(timescale.toDuration(other.frame().pts())),
        segment,
        first);
  }
}
