package nova.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.pipe.AudioJob;
import nova.media.MediaFrame;
import org.jspecify.annotations.Nullable;

/// Gives encoded frames of sound the places of the source: each belongs to the segment of the span
/// that holds its first sample. What the rung has already is left out.
///
/// *Confined to its creator's thread.*
final class AudioPlaces {
  private static final long NONE = Long.MIN_VALUE;

  private final TrackId track;
  private final Timescale timescale;
  private final Deque<AudioSpan> spans = new ArrayDeque<>();
  private long lastDts;
  private long segment;

  AudioPlaces(AudioJob job) {
    this.track = job.track();
    this.timescale = new Timescale(job.rung().sampleRate());
    this.lastDts = job.lastDts();
    this.segment = job.resumes() ? job.lastSegment() : NONE;
  }

  /// The decode time of the last frame that the rung has; [nova.framelog.pipe.RungJob#NOTHING]
  /// before the first.
  long lastDts() {
    return lastDts;
  }

  /// Whether the rung may go on at a span: in the segment that it is in, or where one begins.
  boolean mayBeginAt(AudioSpan span) {
    return span.cut() || span.segment() == segment;
  }

  /// What follows comes from here.
  void add(AudioSpan span) {
    spans.addLast(span);
  }

  /// Forgets where what did not come would have come from.
  void clear() {
    spans.clear();
  }

  /// Places the frame that begins with a sample.
  ///
  /// @return null when the rung has it, or nothing came from there
  @Nullable LoggedFrame place(long sample, Bytes payload) {
    AudioSpan span = spanOf(sample);
    if (span == null || sample <= lastDts) {
      return null;
    }
    long into = Math.max(segment, span.segment());
    boolean cut = into != segment;
    segment = into;
    lastDts = sample;
    Duration within = timescale.toDuration(sample - span.start());
    return new LoggedFrame(
        new MediaFrame(track, sample, sample, true, payload),
        span.arrivedAt(),
        span.wallClock().plus(within),
        into,
        cut);
  }

  private @Nullable AudioSpan spanOf(long sample) {
    AudioSpan found = null;
    while (!spans.isEmpty() && spans.getFirst().start() <= sample) {
      found = spans.removeFirst();
    }
    if (found != null) {
      spans.addFirst(found);
    }
    return found;
  }
}
