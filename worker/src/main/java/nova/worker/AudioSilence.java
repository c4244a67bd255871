package nova.worker;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nova.core.Timescale;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import org.jspecify.annotations.Nullable;

/// Decides in one epoch where silence takes the place of sound that does not come: in step with the
/// picture as soon as the sound is behind it by more than a given patience, until sound comes
/// again. The packager does the same for the source's own sound.
///
/// *Confined to its creator's thread.*
final class AudioSilence {
  /// By how much sound may be behind the picture where there is any.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int CUTS_KEPT = 64;

  private final Timescale timescale;
  private final long patience;
  private final Deque<AudioSpan> cuts = new ArrayDeque<>();
  private long heard; // where the sound that came, or was made, ends
  private boolean silent;
  private @Nullable LoggedFrame picture; // the latest
  private long interval; // between the last two
  private long shift; // pts - dts of the latest keyframe

  /// @param timescale of the encoded sound
  /// @param heard where the sound that the rung has ends, or anything less
  AudioSilence(Timescale timescale, Duration patience, long heard) {
    this.timescale = timescale;
    this.patience = timescale.fromDuration(patience, RoundingMode.CEILING);
    this.heard = heard;
  }

  /// Sound came.
  ///
  /// @return false when silence was already made for its time
  boolean sound(long start, long end) {
    if (silent && start < heard) {
      return false;
    }
    silent = false;
    heard = Math.max(heard, end);
    return true;
  }

  /// Where there is to be silence before the next picture; the last span ends at [#heard].
  ///
  /// @param video timescale of the picture
  List<AudioSpan> follow(LoggedFrame coming, Timescale video) {
    MediaFrame frame = coming.frame();
    if (frame.keyframe()) {
      shift = frame.pts() - frame.dts();
    }
    long presented = ticks(frame.keyframe() ? frame.pts() : frame.dts() + shift, video);
    if (picture == null) {
      heard = Math.max(heard, presented);
    } else {
      interval = frame.dts() - picture.frame().dts();
    }
    if (picture == null || coming.cut()) {
      addCut(presented, coming);
    }
    picture = coming;
    return until(ticks(frame.dts(), video), coming, video);
  }

  /// Where there is to be silence until the last picture is over, which lasts as long as the one
  /// before.
  List<AudioSpan> rest(Timescale video) {
    LoggedFrame last = picture;
    return last == null
        ? List.of()
        : until(ticks(last.frame().dts() + interval + shift, video), last, video);
  }

  /// Where the sound that came, or is to be silence, ends.
  long heard() {
    return heard;
  }

  private void addCut(long start, LoggedFrame at) {
    cuts.addLast(new AudioSpan(start, at.segment(), at.cut(), at.arrivedAt(), at.wallClock()));
    if (cuts.size() > CUTS_KEPT) {
      cuts.removeFirst();
    }
  }

  private List<AudioSpan> until(long end, LoggedFrame beside, Timescale video) {
    if (!silent && end - heard < Math.max(1, patience)) {
      return List.of();
    }
    silent = true;
    List<AudioSpan> spans = new ArrayList<>();
    AudioSpan begun = cuts.getFirst();
    for (AudioSpan cut : cuts) {
      if (cut.start() <= heard) {
        begun = cut;
      } else if (cut.start() < end) {
        spans.add(span(cut.start(), cut, beside, video));
      }
    }
    if (heard < end) {
      spans.addFirst(span(heard, begun, beside, video));
      heard = end;
    }
    return spans;
  }

  private AudioSpan span(long start, AudioSpan of, LoggedFrame beside, Timescale video) {
    Duration sincePicture =
        timescale.toDuration(start).minus(video.toDuration(beside.frame().pts()));
    return new AudioSpan(
        start,
        of.segment(),
        of.cut() && start == of.start(),
        beside.arrivedAt(),
        beside.wallClock().plus(sincePicture));
  }

  private long ticks(long time, Timescale video) {
    return video.rescale(time, timescale, RoundingMode.CEILING);
  }
}
