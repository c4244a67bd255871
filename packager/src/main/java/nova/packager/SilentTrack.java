package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
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

/// Makes silence in the place of sound that does not come: in step with the picture as soon as the
/// sound is behind it by more than a given patience, until sound comes again.
///
/// It depends on the log alone, so two packagers that read the same log make the same frames.
///
/// *Confined to the holder of its stream's lock.*
final class SilentTrack {
  private final TrackId track;
  private final AudioFormat format;
  private final Bytes payload;
  private final SegmentClock clock;
  private final long patience; // in ticks of the sound
  private boolean begun;
  private long next; // where the sound that came, or was made, ends
  private long segment; // of that
  private boolean silent;
  private boolean begins;
  private @Nullable LoggedFrame picture; // the latest
  private long interval; // between the last two
  private long shift; // pts - dts of the latest keyframe

  private SilentTrack(
      TrackId track, AudioFormat format, Bytes payload, SegmentClock clock, Duration patience) {
    this.track = track;
    this.format = format;
    this.payload = payload;
    this.clock = clock;
    this.patience = format.timescale().fromDuration(patience, RoundingMode.CEILING);
  }

  /// Empty when silence cannot be coded in the format.
  ///
  /// @param clock when the segments begin
  /// @param patience by which sound may be behind the picture
  static Optional<SilentTrack> of(
      TrackId track, AudioFormat format, SegmentClock clock, Duration patience) {
    return SilentAccessUnit.of(format)
        .map(payload -> new SilentTrack(track, format, payload, clock, patience));
  }

  /// Begins in the middle of an epoch: with a segment whose sound, whatever it was, began then. Was
  /// it silence, then what is made from there on has the times of what was made before.
  void resume(long number, long start) {
    begun = true;
    next = start;
    segment = number - 1;
  }

  /// Takes note of a picture before that.
  void pass(LoggedFrame earlier) {
    if (earlier.frame().keyframe()) {
      shift = earlier.frame().pts() - earlier.frame().dts();
    }
  }

  /// Whether silence began since the last call.
  boolean begins() {
    boolean now = begins;
    begins = false;
    return now;
  }

  /// Sound came.
  ///
  /// @return false when silence was already made for its time
  boolean sound(LoggedFrame sound) {
    long dts = sound.frame().dts();
    if (silent && dts < next) {
      return false;
    }
    begun = true;
    silent = false;
    next = dts + format.samplesPerFrame();
    segment = sound.segment();
    return true;
  }

  /// The frames that begin before the next picture, if the sound is too far behind it.
  ///
  /// @param timescale of the picture
  List<LoggedFrame> follow(LoggedFrame coming, Timescale timescale) {
    List<LoggedFrame> frames = until(coming.frame().dts(), coming, timescale);
    pass(coming);
    if (picture != null) {
      interval = coming.frame().dts() - picture.frame().dts();
    }
    picture = coming;
    return frames;
  }

  /// The frames until the last picture is over, which lasts as long as the one before.
  List<LoggedFrame> rest(Timescale timescale) {
    return picture == null
        ? List.of()
        : until(picture.frame().dts() + interval + shift, picture, timescale);
  }

  private List<LoggedFrame> until(long time, LoggedFrame beside, Timescale timescale) {
    if (!begun && clock.hasBegun()) {
      begun = true;
      next = format.timescale().fromDuration(clock.beginning(), RoundingMode.CEILING);
    }
    long end = timescale.rescale(time, format.timescale(), RoundingMode.CEILING);
    if (!begun || (!silent && end - next < Math.max(1, patience))) {
      return List.of();
    }
    begins |= !silent;
    silent = true;
    List<LoggedFrame> frames = new ArrayList<>();
    for (; next < end; next += format.samplesPerFrame()) {
      frames.add(frame(beside, timescale));
    }
    return frames;
  }

  private LoggedFrame frame(LoggedFrame beside, Timescale timescale) {
    Duration time = format.timescale().toDuration(next);
    long number = Math.max(segment, clock.numberAt(time));
    boolean cut = number != segment;
    segment = number;
    return new LoggedFrame(
        new MediaFrame(track, next, next, true, payload),
        beside.arrivedAt(),
        beside.wallClock().plus(time).minus(timescale.toDuration(beside.frame().pts())),
        number,
        cut);
  }
}
