package nova.packager;

import nova.core.RenditionId;
import nova.core.Timescale;
import nova.framelog.LogEntry.LoggedFrame;
import nova.media.TrackFormat;
import nova.media.mp4.CmafChunk;
import nova.segments.TimelineSegment;

/// One track of the source in one epoch, on its way into the store and the timeline. It shows when
/// segments begin, for all renditions.
///
/// *Confined to the holder of its stream's lock.*
final class SourceTrack implements Segmenter.Sink {
  private final RenditionWriter writer;
  private final EpochTimes times;
  private final Gaps gaps;
  private final Segmenter segmenter;

  SourceTrack(StreamOutput output, RenditionId id, EpochTimes times, TrackFormat format) {
    this.writer = new RenditionWriter(output, id, times.epoch(), format);
    this.times = times;
    this.gaps = output.gaps();
    this.segmenter = writer.segmenter(this);
    gaps.expect(id, segmenter::finish);
  }

  TrackFormat format() {
    return writer.format();
  }

  /// The decode time from which on a frame may complete a part.
  long dueDts() {
    return segmenter.dueDts();
  }

  /// Takes the next frame.
  ///
  /// @return false when its segment was already declared a gap
  boolean add(LoggedFrame logged) {
    if (writer.isPast(logged.segment())) {
      return false;
    }
    segmenter.add(logged);
    return true;
  }

  /// Completes what is open; no more frames will come.
  void finish() {
    segmenter.finish();
  }

  @Override
  public void segmentOpened(SegmentStart start) {
    long startNs = writer.format().timescale().toDuration(start.presentation()).toNanos();
    times.began(start.number(), startNs, start.wallClock());
    writer.open(start);
    gaps.declare(startNs);
  }

  @Override
  public void part(long number, int part, CmafChunk chunk) {
    writer.part(number, part, chunk);
  }

  @Override
  public void segmentCompleted(long number) {
    TimelineSegment segment = writer.complete(number);
    Timescale timescale = writer.window().timescale();
    long end = segment.start() + segment.duration();
    times.clock().ended(number, timescale.toDuration(end).toNanos());
  }
}
