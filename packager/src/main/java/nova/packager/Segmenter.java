package nova.packager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Timescale;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.MediaFrame;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafSample;
import nova.media.mp4.ProducerReferenceTime;
import nova.media.mp4.ProducerReferenceTime.Event;
import org.jspecify.annotations.Nullable;

/// Cuts the frames of one track in one epoch into segments, as the log says, and into parts, as
/// [PartBoundaryPolicy] says.
///
/// A frame waits until the next one tells its duration. Nothing here depends on anything but the
/// frames, so the chunks of two packagers that read the same log are the same bytes.
///
/// *Confined to the holder of its stream's lock.*
final class Segmenter {
  // mfhd.sequence_number = number * this + part + 1: it rises, and needs no memory of earlier
  // parts.
  private static final long SEQUENCE_NUMBERS_PER_SEGMENT = 256;

  private final Timescale timescale;
  private final PartBoundaryPolicy policy;
  private final Sink sink;
  private final List<CmafSample> samples = new ArrayList<>();

  private @Nullable LoggedFrame waiting;
  private long segment = -1;
  private int nextPart;
  private long partStart; // dts of the part's first sample
  private @Nullable LoggedFrame segmentHead; // until the segment's first part is out
  private long shift; // pts - dts of the latest keyframe
  private long lastDuration;

  Segmenter(Timescale timescale, PartBoundaryPolicy policy, Sink sink) {
    this.timescale = timescale;
    this.policy = policy;
    this.sink = sink;
  }

  /// Receives what was cut, in order.
  interface Sink {
    /// A segment begins.
    void segmentOpened(SegmentStart start);

    void part(long number, int part, CmafChunk chunk);

    void segmentCompleted(long number);
  }

  /// The decode time from which on the next frame may complete a part; every frame may while the
  /// track is too new to tell.
  long dueDts() {
    return waiting == null || lastDuration == 0
        ? Long.MIN_VALUE
        : partStart + policy.target() + policy.tolerance() - lastDuration;
  }

  /// Goes on within a segment that already has parts.
  void resume(long number, int parts) {
    segment = number;
    nextPart = parts;
  }

  /// Takes note of a frame before the first that is to be cut.
  void pass(LoggedFrame logged) {
    MediaFrame frame = logged.frame();
    if (frame.keyframe()) {
      shift = frame.pts() - frame.dts();
    }
  }

  /// Takes the next frame.
  void add(LoggedFrame logged) {
    MediaFrame frame = logged.frame();
    settleBefore(logged);
    pass(logged);
    if (logged.segment() != segment) {
      completeSegment();
      openSegment(logged);
    } else if (policy.full(frame.dts() - partStart, samples.size())) {
      closePart();
    }
    if (samples.isEmpty()) {
      partStart = frame.dts();
    }
    waiting = logged;
  }

  /// Ends the open segment: no more frames will come, or none for this segment. The last frame
  /// lasts as long as the one before it.
  void finish() {
    if (waiting != null) {
      settle(waiting, Math.min(lastDuration, policy.target()));
      waiting = null;
    }
    completeSegment();
  }

  /// Ends the open segment right before a frame of another, which is not taken.
  void finishBefore(LoggedFrame next) {
    settleBefore(next);
    completeSegment();
  }

  private void settleBefore(LoggedFrame next) {
    if (waiting != null) {
      long apart = Math.max(0, next.frame().dts() - waiting.frame().dts());
      // Numbers without a frame are gaps, and the frame before them does not last through them.
      boolean skips = next.segment() > segment + 1;
      settle(waiting, skips ? Math.min(apart, usualDuration()) : apart);
      waiting = null;
    }
  }

  private long usualDuration() {
    return lastDuration > 0 ? lastDuration : policy.target();
  }

  /// Adds the frame that waited, now that its duration is known, to the open part.
  private void settle(LoggedFrame logged, long duration) {
    MediaFrame frame = logged.frame();
    if (!samples.isEmpty() && policy.exceeded(frame.dts() + duration - partStart)) {
      closePart();
      partStart = frame.dts();
    }
    samples.add(
        new CmafSample(frame.payload(), duration, frame.pts() - frame.dts(), frame.keyframe()));
    lastDuration = duration;
  }

  private void openSegment(LoggedFrame head) {
    MediaFrame frame = head.frame();
    segment = head.segment();
    segmentHead = head;
    nextPart = 0;
    long start = frame.keyframe() ? frame.pts() : frame.dts() + shift;
    Instant wallClock =
        head.wallClock().plus(timescale.toDuration(start).minus(timescale.toDuration(frame.pts())));
    sink.segmentOpened(new SegmentStart(segment, frame.dts(), start, frame.keyframe(), wallClock));
  }

  private void completeSegment() {
    if (!samples.isEmpty()) {
      closePart();
    }
    if (nextPart > 0) {
      nextPart = 0;
      sink.segmentCompleted(segment);
    }
  }

  private void closePart() {
    LoggedFrame head = segmentHead;
    CmafChunk chunk =
        new CmafChunk(
            (segment * SEQUENCE_NUMBERS_PER_SEGMENT + nextPart + 1) & 0xffff_ffffL,
            partStart,
            head != null,
            Optional.ofNullable(head).flatMap(Segmenter::referenceTime),
            samples);
    samples.clear();
    segmentHead = null;
    sink.part(segment, nextPart++, chunk);
  }

  private static Optional<ProducerReferenceTime> referenceTime(LoggedFrame head) {
    long pts = head.frame().pts();
    return pts < 0
        ? Optional.empty()
        : Optional.of(new ProducerReferenceTime(head.wallClock(), pts, Event.ENCODER_OUTPUT));
  }
}
