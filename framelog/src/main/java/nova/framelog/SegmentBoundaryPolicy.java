package nova.framelog;

import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.media.MediaFrame;

/// Decides where the segments of one epoch begin and which number they have. Numbers are the same
/// in all tracks.
///
/// The first video track leads; without video the first audio track does. The leader cuts
/// 1. at the first keyframe once 2 s have passed, 100 ms early at most, so that a 2 s GOP with
///    millisecond jitter makes one segment each;
/// 2. at every keyframe that follows a cut without one, so that every keyframe of a stream with
///    long GOPs begins a segment;
/// 3. without a keyframe when the frame would make the segment longer than 4 s. When the GOP before
///    was longer than that, it expects the next to be as long: up to 4.4 s it waits for the
///    keyframe (EXTINF rounds to 4), and longer ones it divides evenly.
///
/// The other tracks follow: their first frame presented at or after the cut begins the same number.
/// When the leader falls silent, a follower cuts for all before its own segment reaches 4.45 s, and
/// the leader then obeys. A track whose rules ask for a cut before it reaches one already made
/// takes that number early.
///
/// The decisions depend on nothing but the frames and their order. Lengths are measured in decode
/// time, because a segment's duration is the sum of its samples' durations; cuts are handed to
/// followers in presentation time.
///
/// *Confined to its session's thread.*
public final class SegmentBoundaryPolicy {
  /// EXT-X-TARGETDURATION: no segment rounds to more.
  public static final int TARGET_DURATION_SECONDS = 4;

  static final long MINIMUM_MS = 2_000;
  static final long EARLY_MS = 100;
  static final long MAXIMUM_MS = 4_000;
  static final long STRETCHED_MS = 4_400;
  static final long FOLLOWER_MAXIMUM_MS = 4_450;
  private static final long JITTER_MS = 10;

  // A cut leaves when all tracks passed it; a track that fell silent holds at most this many.
  private static final int CUTS_KEPT = 64;

  private final Map<TrackId, TrackCursor> tracks = new HashMap<>();
  private final TrackId leader;
  private final Deque<Cut> cuts = new ArrayDeque<>();
  private long lastSegment;

  /// @param timescales the tracks of the epoch and the units of their times; at least one
  /// @param firstSegment the number of the epoch's first segment
  public SegmentBoundaryPolicy(Map<TrackId, Timescale> timescales, long firstSegment) {
    this.lastSegment = firstSegment;
    this.leader = leader(timescales.keySet());
    timescales.forEach((track, timescale) -> tracks.put(track, new TrackCursor(timescale)));
  }

  /// The track among `tracks` that decides the cuts.
  static TrackId leader(Iterable<TrackId> tracks) {
    TrackId best = null;
    for (TrackId track : tracks) {
      if (best == null || rank(track) < rank(best)) {
        best = track;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("an epoch without tracks (expected: at least one)");
    }
    return best;
  }

  private static int rank(TrackId track) {
    return (track.kind() == TrackKind.VIDEO ? 0 : 256) + track.index();
  }

  /// The highest number given out so far.
  public long lastSegment() {
    return lastSegment;
  }

  /// Decides about the next frame of a track. Frames come in the order in which they enter the log;
  /// within a track `dts` rises.
  public Placement place(MediaFrame frame) {
    TrackCursor cursor = tracks.get(frame.track());
    if (cursor == null) {
      throw new IllegalArgumentException(
          "track %s (expected: one of the epoch's %s)".formatted(frame.track(), tracks.keySet()));
    }
    long segment = followCuts(cursor, frame);
    if (segment == cursor.segment && cutsHere(cursor, frame)) {
      segment++;
      if (segment > lastSegment) {
        lastSegment = segment;
        remember(new Cut(segment, new MediaTime(cursor.presentedAt(frame), cursor.timescale)));
      }
    }
    return cursor.enter(frame, segment);
  }

  private void remember(Cut cut) {
    cuts.addLast(cut);
    if (cuts.size() > CUTS_KEPT) {
      cuts.removeFirst();
    }
  }

  private boolean cutsHere(TrackCursor cursor, MediaFrame frame) {
    if (!frame.track().equals(leader)) {
      return cursor.elapsedWith(frame) > cursor.ms(FOLLOWER_MAXIMUM_MS);
    }
    if (frame.keyframe()
        && (!cursor.beganWithKeyframe
            || cursor.elapsed(frame) >= cursor.ms(MINIMUM_MS - EARLY_MS))) {
      return true;
    }
    return cursor.elapsedWith(frame) > longest(cursor) + cursor.ms(JITTER_MS);
  }

  /// The length at which a segment is cut without a keyframe, in ticks.
  private static long longest(TrackCursor cursor) {
    long maximum = cursor.ms(MAXIMUM_MS);
    long gop = cursor.lastGop;
    if (gop <= maximum) {
      return maximum;
    }
    if (gop <= cursor.ms(STRETCHED_MS)) {
      return cursor.ms(STRETCHED_MS);
    }
    long pieces = Math.ceilDiv(gop, maximum);
    // One frame more than the even piece, or the last piece would miss the keyframe by a frame.
    return Math.min(maximum, Math.ceilDiv(gop, pieces) + cursor.lastDuration);
  }

  /// The number `frame` has by the cuts made so far.
  private long followCuts(TrackCursor cursor, MediaFrame frame) {
    long segment = cursor.started() ? cursor.segment : lastSegment - cuts.size();
    MediaTime time = new MediaTime(cursor.presentedAt(frame), cursor.timescale);
    Iterator<Cut> newestFirst = cuts.descendingIterator();
    while (newestFirst.hasNext()) {
      Cut cut = newestFirst.next();
      if (cut.segment <= segment) {
        break;
      }
      if (time.compareTo(cut.time) >= 0) {
        return cut.segment;
      }
    }
    return segment;
  }

  /// Where a frame went.
  ///
  /// @param segment its segment's number
  /// @param cut whether it is the first frame of its track in that segment
  public record Placement(long segment, boolean cut) {}

  private record Cut(long segment, MediaTime time) {}

  /// What is remembered of one track.
  private static final class TrackCursor {
    final Timescale timescale;
    long segment = -1;
    boolean beganWithKeyframe;
    long lastDuration;
    long lastGop;
    private long startDts;
    private long lastDts;
    private long keyframeDts;
    private long shift; // pts - dts of the latest keyframe

    TrackCursor(Timescale timescale) {
      this.timescale = timescale;
    }

    boolean started() {
      return segment >= 0;
    }

    long ms(long ms) {
      return timescale.fromMs(ms, RoundingMode.HALF_UP);
    }

    long elapsed(MediaFrame frame) {
      return frame.dts() - startDts;
    }

    /// Length of the segment if it took `frame` too, supposing it lasts as long as the one before.
    long elapsedWith(MediaFrame frame) {
      return elapsed(frame) + lastDuration;
    }

    /// When presentation reaches `frame`, were the frames after it shown in decode order: exact for
    /// keyframes, and without the reordering of B-frames for others.
    long presentedAt(MediaFrame frame) {
      return frame.keyframe() ? frame.pts() : frame.dts() + shift;
    }

    Placement enter(MediaFrame frame, long into) {
      boolean first = !started();
      boolean cut = into != segment;
      if (!first) {
        // A gap in the source is no measure for what comes next.
        lastDuration = Math.min(frame.dts() - lastDts, ms(500));
      }
      if (frame.keyframe()) {
        lastGop = first ? 0 : frame.dts() - keyframeDts;
        keyframeDts = frame.dts();
        shift = frame.pts() - frame.dts();
      }
      if (cut) {
        segment = into;
        startDts = frame.dts();
        beganWithKeyframe = frame.keyframe();
      }
      lastDts = frame.dts();
      return new Placement(into, cut);
    }
  }
}
