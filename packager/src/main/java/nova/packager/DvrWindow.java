package nova.packager;

import java.util.List;
import nova.core.Timescale;
import nova.segments.TimelineSegment;

/// Decides which segments a playlist still lists and which the store still keeps.
///
/// A segment stays downloadable after it left the playlist for as long as the longest playlist that
/// contained it, plus its own duration: players may hold an old playlist.
///
/// Spec: rfc8216bis-22 §6.2.2 (live playlists). *Immutable.*
///
/// @param windowSeconds media that a playlist lists
/// @param shortestSeconds below which nothing leaves a playlist because of its length
record DvrWindow(double windowSeconds, double shortestSeconds) {
  static DvrWindow of(PackagerConfig config, int targetDurationSeconds) {
    return new DvrWindow(config.window().toMillis() / 1e3, 3.0 * targetDurationSeconds);
  }

  /// The number of the first segment to list: the fewest newest segments that last the window.
  ///
  /// @param segments of one rendition by rising number, not empty
  long firstListed(List<TimelineSegment> segments, Timescale timescale) {
    double seconds = 0;
    for (int i = segments.size() - 1; i > 0; i--) {
      seconds += timescale.toSeconds(segments.get(i).duration());
      if (seconds >= Math.max(windowSeconds, shortestSeconds)) {
        return segments.get(i).number();
      }
    }
    return segments.getFirst().number();
  }

  /// Whether segments last so long that a playlist must not lose them all at once.
  ///
  /// Spec: rfc8216bis-22 §6.2.2 (three target durations).
  boolean isLong(List<TimelineSegment> segments, Timescale timescale) {
    long ticks = segments.stream().mapToLong(TimelineSegment::duration).sum();
    return timescale.toSeconds(ticks) >= shortestSeconds;
  }

  /// Seconds of media to keep in the store behind the newest: the window, the longest playlist, and
  /// a segment of it.
  double storedSeconds(int targetDurationSeconds) {
    return 2 * windowSeconds + 2.0 * targetDurationSeconds;
  }
}
