package nova.packager;

import java.math.RoundingMode;
import java.util.OptionalLong;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent.RungMisaligned;
import nova.core.Timescale;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.mp4.CmafChunk;
import nova.segments.TimelineSegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An encoded rung in one epoch, on its way into the store and the timeline.
///
/// Players change between renditions at any segment, so a segment that does not begin where the
/// source's of the same number does is not published; a gap takes its place. Sound may begin by
/// less than a frame elsewhere, because its frames do not begin with the pictures.
///
/// *Confined to the holder of its stream's lock.*
final class RungTrack implements Segmenter.Sink {
  private static final Logger log = LoggerFactory.getLogger(RungTrack.class);
  private static final long TOLERANCE_MS = 1; // RTMP's own
  private static final long NONE = -1;

  private final StreamOutput output;
  private final RenditionWriter writer;
  private final Segmenter segmenter;
  private long resumed = NONE; // the segment that is gone on with, until its first frame
  private long resumesAt; // decode time from which on it lacks frames
  private long refused = NONE; // the latest segment that is not published
  private boolean headerRefused;
  private long lateFrames;
  private long misalignedFrames;

  RungTrack(StreamOutput output, RenditionId id, Epoch epoch, TrackFormat format) {
    this.output = output;
    this.writer = new RenditionWriter(output, id, epoch, format);
    this.segmenter = writer.segmenter(this);
    resume();
  }

  /// Goes on in the segment that another process left open, or ends it.
  private void resume() {
    RenditionWindow window = output.timeline().find(writer.id());
    if (window == null || !window.open() || window.newest().parts().isEmpty()) {
      return;
    }
    TimelineSegment open = window.newest();
    OptionalLong from = window.goesOnAt();
    if (from.isEmpty() || !open.epoch().equals(writer.epoch())) {
      output.gaps().close(window);
    } else if (writer.putHeader()) {
      segmenter.resume(open.number(), open.parts().size());
      resumed = open.number();
      resumesAt = from.getAsLong();
    } else {
      headerRefused = true;
    }
  }

  Epoch epoch() {
    return writer.epoch();
  }

  /// The decode time from which on a frame may complete a part.
  long dueDts() {
    return segmenter.dueDts();
  }

  /// Takes the next frame; the source has begun its segment before.
  ///
  /// @return false when nothing of this epoch can be published, because it needs another header
  ///   than players have
  boolean add(LoggedFrame logged) {
    if (output.last().isBefore(logged.segment())) {
      segmenter.finishBefore(logged);
      return true;
    }
    if (logged.segment() == resumed) {
      goOn(logged);
    }
    if (logged.segment() == refused) {
      misalignedFrames++;
    } else if (writer.isPast(logged.segment())
        || leftThePlaylists(logged.segment())
        || logged.segment() == resumed) {
      lateFrames++;
    } else if (!headerRefused) {
      segmenter.add(logged);
    }
    return !headerRefused;
  }

  /// What follows the frames of another encoder must not refer to them. Without a keyframe where
  /// they end the segment stays as it is.
  private void goOn(LoggedFrame logged) {
    if (logged.frame().dts() < resumesAt) {
      return;
    }
    resumed = NONE;
    if (!logged.frame().keyframe()) {
      segmenter.finish();
    }
  }

  /// Completes what is open; no more frames will come, or only of another epoch. What the rung
  /// lacks of this one becomes gaps when it goes on, or after a while: another run may still make
  /// it.
  void finish() {
    segmenter.finish();
  }

  /// Frames dropped since the last call because their segment was complete, or declared a gap.
  long takeLateFrames() {
    long late = lateFrames;
    lateFrames = 0;
    return late;
  }

  /// Frames dropped since the last call because their segment is not where the source's is.
  long takeMisalignedFrames() {
    long misaligned = misalignedFrames;
    misalignedFrames = 0;
    return misaligned;
  }

  @Override
  public void segmentOpened(SegmentStart start) {
    long number = start.number();
    TimelineSegment source = segmentOfSource(number);
    long offsetMs = source == null || source.gap() ? 0 : offsetMs(start, source);
    if (source == null
        || !source.epoch().equals(writer.epoch())
        || Math.abs(offsetMs) > toleranceMs()) {
      refuse(number, offsetMs);
    } else if (writer.putHeader()) {
      writer.open(start);
    } else {
      headerRefused = true;
      refused = number;
    }
  }

  @Override
  public void part(long number, int part, CmafChunk chunk) {
    if (number != refused) {
      writer.part(number, part, chunk);
    }
  }

  @Override
  public void segmentCompleted(long number) {
    if (number != refused) {
      TimelineSegment _ = writer.complete(number);
    }
  }

  private void refuse(long number, long offsetMs) {
    refused = number;
    misalignedFrames++;
    RenditionWindow window = output.timeline().find(writer.id());
    if (window != null && segmentOfSource(number) != null) {
      output.gaps().fill(window, number + 1);
    }
    output.ports().metrics().rungMisaligned(writer.id());
    log.atWarn()
        .addKeyValue("stream", output.stream())
        .addKeyValue("rendition", writer.id())
        .addKeyValue("epoch", writer.epoch())
        .addKeyValue("number", number)
        .addKeyValue("offsetMs", offsetMs)
        .log("a rung's segment is not where the source's is; viewers get a gap in its place");
    output
        .ports()
        .events()
        .publish(
            new RungMisaligned(
                output.stream(), output.ports().clock().instant(), writer.id(), number, offsetMs));
  }

  private boolean leftThePlaylists(long number) {
    RenditionWindow source = source();
    return source != null
        && !source.segments().isEmpty()
        && number < source.segments().getFirst().number();
  }

  private @Nullable TimelineSegment segmentOfSource(long number) {
    RenditionWindow source = source();
    return source == null ? null : source.find(number);
  }

  /// How much later than the source's the segment begins. Presentation times are compared where a
  /// keyframe begins the source's, and decode times where it was cut within a group of pictures.
  private long offsetMs(SegmentStart start, TimelineSegment segment) {
    RenditionWindow source = source();
    if (source == null) {
      return 0;
    }
    OptionalLong decode = source.decodeStart(segment.number());
    long of = decode.isPresent() ? start.decode() : start.presentation();
    Timescale own = writer.format().timescale();
    long begin =
        source.timescale().rescale(decode.orElse(segment.start()), own, RoundingMode.HALF_UP);
    return own.toMs(of - begin, RoundingMode.UP);
  }

  private long toleranceMs() {
    RenditionWindow source = source();
    long frameMs =
        Math.max(frameMs(writer.format()), source == null ? 0 : frameMs(source.format()));
    return TOLERANCE_MS + frameMs;
  }

  private static long frameMs(TrackFormat format) {
    return format instanceof AudioFormat audio
        ? audio.timescale().toMs(audio.samplesPerFrame(), RoundingMode.CEILING)
        : 0;
  }

  private @Nullable RenditionWindow source() {
    return output.timeline().find(TimelineBuilder.sourceOf(writer.format()));
  }
}
