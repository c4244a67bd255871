package nova.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import nova.framelog.LogEntry.LoggedFrame;
import org.jspecify.annotations.Nullable;

/// Gives the pictures that come out of a decoder the places of the frames that went in.
///
/// Frames go in as they are decoded, pictures come out as they are shown. The first picture takes
/// the first frame's `dts`, segment and cut, the second the second's, and so on; each keeps its own
/// `pts` and its own clocks. So a rung without B-frames has the decode times, the segment lengths
/// and the first presentation times of its source, whether or not that has B-frames, and also where
/// a long group of pictures is cut between keyframes.
///
/// A frame that gives no picture leaves with its place, unless that is a cut: then the next picture
/// of the segment takes it, and is shown from when the lost one would have been. So a rung's
/// segments begin and end where the source's do also where a keyframe is damaged, or missing and
/// what refers to it with it.
///
/// *Confined to its creator's thread.*
final class PictureOrder {
  /// H.264 holds 16 pictures back at most; a decoder that swallows more is not going to show them.
  static final int MAX_PENDING = 64;

  private final Deque<LoggedFrame> places = new ArrayDeque<>();
  private final TreeMap<Long, LoggedFrame> frames = new TreeMap<>();
  private @Nullable LoggedFrame lostCut; // whose place is still to be taken
  private long lastPts = Long.MIN_VALUE; // of the pictures that have a place
  private long lost;

  /// A frame goes into the decoder.
  void add(LoggedFrame frame) {
    if (frames.size() == MAX_PENDING) {
      lose(frames.firstEntry());
    }
    long pts = frame.frame().pts();
    LoggedFrame same = frames.get(pts);
    if (same != null) {
      lose(Map.entry(pts, same));
    }
    frames.put(pts, frame);
    places.addLast(frame);
  }

  /// A picture came out of the decoder.
  ///
  /// @return its place, or null when no frame of that time is waiting for its picture
  @Nullable FramePlacement take(long pts) {
    LoggedFrame own = frames.get(pts);
    if (own == null) {
      return null;
    }
    while (frames.firstKey() < pts) {
      lose(frames.firstEntry());
    }
    frames.remove(pts);
    LoggedFrame place = places.removeFirst();
    LoggedFrame shown = own;
    LoggedFrame left = lostCut;
    if (left != null && left.segment() <= place.segment()) {
      lostCut = null;
      if (left.segment() == place.segment() && !place.cut()) {
        place = left;
        shown = isBetween(lastPts, left.frame().pts(), pts) ? left : own;
      }
    }
    lastPts = shown.frame().pts();
    return new FramePlacement(
        place.frame().dts(),
        lastPts,
        own.arrivedAt(),
        shown.wallClock(),
        place.segment(),
        place.cut());
  }

  private static boolean isBetween(long before, long time, long after) {
    return before < time && time < after;
  }

  /// No more pictures will come of the frames that went in.
  void clear() {
    lost += frames.size();
    frames.clear();
    places.clear();
    lostCut = null;
    lastPts = Long.MIN_VALUE;
  }

  /// Frames that gave no picture so far.
  long lost() {
    return lost;
  }

  private void lose(Map.Entry<Long, LoggedFrame> frame) {
    frames.remove(frame.getKey());
    LoggedFrame own = frame.getValue();
    // A picture that was shown earlier may have its place; then that one's is the first left.
    LoggedFrame place = places.remove(own) ? own : places.removeFirst();
    if (place.cut()) {
      lostCut = place;
    }
    lost++;
  }
}
