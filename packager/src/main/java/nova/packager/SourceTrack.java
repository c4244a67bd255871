package nova.packager;

import nova.core.RenditionId;
import nova.core.Timescale;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.TrackFormat;
import nova.media.mp4.CmafChunk;
import nova.segments.TimelineSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One track of the source in one epoch, on its way into the store and the timeline. It shows when
/// segments begin, for all renditions.
///
/// *Confined to the holder of its stream's lock.*
final class SourceTrack implements Segmenter.Sink {
  private static final Logger log = LoggerFactory.getLogger(SourceTrack.class);

  private final RenditionWriter writer;
  private final EpochTimes times;
  private final Gaps gaps;
  private final LastSegment last;
  private final Segmenter segmenter;
  private boolean awaitsCut = true;
  private boolean hasHeader;

  SourceTrack(StreamOutput output, RenditionId id, EpochTimes times, TrackFormat format) {
    this.writer = new RenditionWriter(output, id, times.epoch(), format);
    this.times = times;
    this.gaps = output.gaps();
    this.last = output.last();
    this.segmenter = writer.segmenter(this);
    gaps.expect(id, this::finish);
  }

  TrackFormat format() {
    return writer.format();
  }

  /// The decode time from which on a frame may complete a part.
  long dueDts() {
    return segmenter.dueDts();
  }

  /// Takes note of a frame before the first that is to be cut.
  void pass(LoggedFrame logged) {
    segmenter.pass(logged);
  }

  /// Takes the next frame. The first segment to be cut is one that comes from its beginning on.
  ///
  /// @return false when its segment was already declared a gap
  boolean add(LoggedFrame logged) {
    if (last.isBefore(logged.segment())) {
      segmenter.finishBefore(logged);
      writer.finish();
      return true;
    }
    if (awaitsCut && !logged.cut()) {
      segmenter.pass(logged);
      return true;
    }
    awaitsCut = false;
    if (writer.isPast(logged.segment()) && !writer.isCutAgain(logged.segment())) {
      return false;
    }
    segmenter.add(logged);
    return true;
  }

  /// Completes what is open; no more frames will come.
  void finish() {
    segmenter.finish();
    writer.finish();
  }

  @Override
  public void segmentOpened(SegmentStart start) {
    putHeader();
    long startNs = writer.format().timescale().toDuration(start.presentation()).toNanos();
    times.began(start.number(), startNs, start.wallClock());
    writer.open(start);
    gaps.declare(startNs);
  }

  /// The same frames fit a header of the same format, also when another process wrote it otherwise.
  private void putHeader() {
    if (!hasHeader && !writer.putHeader()) {
      log.atWarn()
          .addKeyValue("rendition", writer.id())
          .addKeyValue("epoch", writer.epoch())
          .log("the header of a track comes out otherwise than it was published, which stays");
    }
    hasHeader = true;
  }

  @Override
  public void part(long number, int part, CmafChunk chunk) {
    writer.part(number, part, chunk);
  }

  @Override
  public void segmentCompleted(long number) {
    TimelineSegment segment = writer.complete(number);
    if (segment != null) {
      Timescale timescale = writer.window().timescale();
      long end = segment.start() + segment.duration();
      times.clock().ended(number, timescale.toDuration(end).toNanos());
    }
  }
}
