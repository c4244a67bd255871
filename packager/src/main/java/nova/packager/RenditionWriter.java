package nova.packager;

import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.media.TrackFormat;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkWriter;
import nova.media.mp4.CmafHeaderWriter;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;

/// Writes one rendition in one epoch into the store and the timeline.
///
/// *Confined to the holder of its stream's lock.*
final class RenditionWriter {
  private final StreamOutput output;
  private final SegmentStore store;
  private final RenditionId id;
  private final Epoch epoch;
  private final TrackFormat format;
  private boolean hasInit;

  RenditionWriter(StreamOutput output, RenditionId id, Epoch epoch, TrackFormat format) {
    this.output = output;
    this.store = output.ports().segments();
    this.id = id;
    this.epoch = epoch;
    this.format = format;
  }

  RenditionId id() {
    return id;
  }

  Epoch epoch() {
    return epoch;
  }

  TrackFormat format() {
    return format;
  }

  /// A segmenter that cuts this track.
  Segmenter segmenter(Segmenter.Sink sink) {
    return new Segmenter(
        format.timescale(),
        PartBoundaryPolicy.of(output.config().partTarget(), format.timescale()),
        sink);
  }

  /// Whether nothing can be added to a number any more, because what was published stays as it is.
  boolean isPast(long number) {
    return number <= output.timeline().lastSettled(id);
  }

  void open(SegmentStart start) {
    long number = start.number();
    if (!hasInit) {
      putInit();
      hasInit = true;
    }
    RenditionWindow window = output.timeline().find(id);
    if (window == null) {
      window = output.gaps().enter(id, format, number);
    } else {
      output.gaps().fill(window, number);
      window.format(format);
    }
    window.openSegment(start, epoch, output.epochs().isDiscontinuity(number));
  }

  void part(long number, int part, CmafChunk chunk) {
    Bytes bytes = CmafChunkWriter.write(chunk);
    store.putPart(key(number), part, bytes);
    TimelinePart listed =
        window()
            .addPart(
                chunk.baseMediaDecodeTime(),
                chunk.duration(),
                chunk.samples().size(),
                chunk.samples().getFirst().sync(),
                bytes.length());
    output.publication().part(window(), listed);
  }

  TimelineSegment complete(long number) {
    store.completeSegment(key(number));
    TimelineSegment segment = window().completeSegment();
    output.publication().segment(window(), segment);
    return segment;
  }

  RenditionWindow window() {
    RenditionWindow window = output.timeline().find(id);
    if (window == null) {
      throw new IllegalStateException("rendition %s has no segment yet".formatted(id));
    }
    return window;
  }

  private void putInit() {
    Bytes init = CmafHeaderWriter.write(format);
    if (!store.putInit(output.stream(), id, epoch, init)
        && store.init(output.stream(), id, epoch).filter(init::equals).isEmpty()) {
      throw new IllegalStateException(
          "rendition %s came back with another header in epoch %s (expected: the one that players have)"
              .formatted(id, epoch));
    }
  }

  private SegmentKey key(long number) {
    return new SegmentKey(output.stream(), id, epoch, number);
  }
}
