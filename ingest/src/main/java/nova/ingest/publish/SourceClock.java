package nova.ingest.publish;

import java.util.EnumMap;
import java.util.Map;
import nova.core.TrackKind;
import org.jspecify.annotations.Nullable;

/// Turns the encoder's times, which may jump, into session times, which do not.
///
/// A step back of more than 1 s or forward of more than 5 s is a jump of the encoder's clock,
/// unless it leads to where the other track is: that was a gap. After a jump the track goes on
/// where it was; when the other track jumps along within 2 s of media, it gets the same shift, so
/// that both stay together. The epoch should then end at the next keyframe, because true time was
/// lost.
///
/// *Confined to its session's thread.*
final class SourceClock {
  private static final long BACKWARD_MS = 1_000;
  private static final long FORWARD_MS = 5_000;
  private static final long TOGETHER_MS = 2_000;
  private static final long LONGEST_FRAME_MS = 100;

  private final Map<TrackKind, Track> tracks = new EnumMap<>(TrackKind.class);
  private boolean jumped;
  private long jumps;

  /// What is remembered of one track.
  private static final class Track {
    long lastSource;
    long shift; // session time - source time
    long lastDuration = 20;
    long jumpedTo = Long.MIN_VALUE; // source time after its latest jump
  }

  /// The session time of a frame, in ms.
  long timeOf(TrackKind kind, long sourceMs) {
    Track track = tracks.get(kind);
    if (track == null) {
      track = begin(otherThan(kind), sourceMs);
      tracks.put(kind, track);
    } else {
      long step = sourceMs - track.lastSource;
      if ((step < -BACKWARD_MS || step > FORWARD_MS) && !leadsToOther(kind, sourceMs)) {
        jump(kind, track, sourceMs);
      } else if (step > 0) {
        track.lastDuration = Math.min(step, LONGEST_FRAME_MS);
      }
    }
    track.lastSource = sourceMs;
    return sourceMs + track.shift;
  }

  /// A track that begins far from where the other is has a clock of its own and is set beside it.
  private Track begin(@Nullable Track other, long sourceMs) {
    Track track = new Track();
    if (other != null) {
      track.shift = other.shift;
      if (Math.abs(sourceMs - other.lastSource) > FORWARD_MS) {
        track.shift += other.lastSource - sourceMs;
        jumps++;
      }
    }
    return track;
  }

  /// Whether a jump happened since the last [#settle].
  boolean isJumped() {
    return jumped;
  }

  /// A new epoch began.
  void settle() {
    jumped = false;
  }

  /// Jumps so far.
  long jumps() {
    return jumps;
  }

  private boolean leadsToOther(TrackKind kind, long sourceMs) {
    Track other = otherThan(kind);
    Track own = tracks.get(kind);
    return other != null
        && own != null
        && other.shift == own.shift
        && Math.abs(sourceMs - other.lastSource) <= TOGETHER_MS;
  }

  private void jump(TrackKind kind, Track track, long sourceMs) {
    Track other = otherThan(kind);
    if (other != null
        && other.jumpedTo != Long.MIN_VALUE
        && Math.abs(sourceMs - other.lastSource) <= TOGETHER_MS) {
      track.shift = other.shift; // follows the jump of the other
    } else {
      track.shift += track.lastSource + track.lastDuration - sourceMs;
    }
    track.jumpedTo = sourceMs;
    jumped = true;
    jumps++;
  }

  private @Nullable Track otherThan(TrackKind kind) {
    return tracks.get(kind == TrackKind.VIDEO ? TrackKind.AUDIO : TrackKind.VIDEO);
  }
}
