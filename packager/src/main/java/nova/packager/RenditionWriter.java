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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one rendition in one epoch into the store and the timeline.
///
/// What another process published comes again when this one goes on with its stream, because its
/// segments are cut again. It is compared with what is listed, and changes nothing.
///
/// *Confined to the holder of its stream's lock.*
final class RenditionWriter {
  private static final Logger log = LoggerFactory.getLogger(RenditionWriter.class);

  private final StreamOutput output;
  private final SegmentStore store;
  private final RenditionId id;
  private final Epoch epoch;
  private final TrackFormat format;
  private @Nullable Boolean headerFits; // once it is stored

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

  /// Whether another process published the number, or began to.
  boolean isCutAgain(long number) {
    RenditionWindow window = output.timeline().find(id);
    return window != null && number <= window.restoredThrough();
  }

  /// Stores the header, unless there is one already.
  ///
  /// @return whether players have the one that the format asks for
  boolean putHeader() {
    Boolean fits = headerFits;
    if (fits == null) {
      Bytes header = CmafHeaderWriter.write(format);
      fits =
          store.putInit(output.stream(), id, epoch, header)
              || store.init(output.stream(), id, epoch).filter(header::equals).isPresent();
      headerFits = fits;
    }
    return fits;
  }

  /// Begins a segment; its header is stored.
  void open(SegmentStart start) {
    long number = start.number();
    RenditionWindow window = output.timeline().find(id);
    if (window == null) {
      window = output.gaps().enter(id, format, number);
    } else if (number <= window.lastNumber().orElse(-1)) {
      cameAgain(window, start);
      return;
    } else {
      output.gaps().close(window);
      output.gaps().fill(window, number);
      window.format(format);
    }
    window.openSegment(start, epoch, output.epochs().isDiscontinuity(number));
  }

  private void cameAgain(RenditionWindow window, SegmentStart start) {
    if (start.number() == window.newest().number()) {
      window.format(format);
    }
    window.cameAgain(start);
  }

  void part(long number, int part, CmafChunk chunk) {
    RenditionWindow window = window();
    TimelineSegment newest = window.newest();
    if (number < newest.number() || newest.complete()) {
      return; // came again
    }
    Bytes bytes = CmafChunkWriter.write(chunk);
    if (part < newest.parts().size()) {
      compare(window, newest.parts().get(part), chunk, bytes, part);
      return;
    }
    store.putPart(key(number), part, bytes);
    TimelinePart listed =
        window.addPart(
            chunk.baseMediaDecodeTime(),
            chunk.duration(),
            chunk.samples().size(),
            chunk.samples().getFirst().sync(),
            bytes.length());
    output.publication().part(window, listed);
  }

  /// A part of the open segment came again. It should be what was published; if it is cut
  /// otherwise, nothing can follow what was published, and the segment ends there.
  private void compare(
      RenditionWindow window, TimelinePart published, CmafChunk chunk, Bytes bytes, int part) {
    long ticks = window.ticks(chunk.baseMediaDecodeTime(), chunk.duration());
    boolean follows =
        ticks == published.duration()
            && chunk.samples().getFirst().sync() == published.independent();
    long number = window.newest().number();
    if (follows && bytes.length() == published.sizeBytes()) {
      store.putPart(key(number), part, bytes); // for a store that has lost it
      return;
    }
    output.ports().metrics().mediaDiffers(id);
    log.atWarn()
        .addKeyValue("stream", output.stream())
        .addKeyValue("rendition", id)
        .addKeyValue("number", number)
        .addKeyValue("part", part)
        .addKeyValue("bytes", bytes.length())
        .addKeyValue("publishedBytes", published.sizeBytes())
        .log(
            follows
                ? "a part that was published comes out of another size; what was published stays"
                : "a part that was published is cut otherwise; its segment ends short");
    if (!follows) {
      TimelineSegment _ = output.publication().complete(window);
    }
  }

  /// Ends a segment.
  ///
  /// @return the segment; null when it came again and is not listed any more
  @Nullable TimelineSegment complete(long number) {
    RenditionWindow window = window();
    return number == window.newest().number() && window.open()
        ? output.publication().complete(window)
        : window.find(number);
  }

  /// Ends what another process left open in this epoch, and no frame came for any more.
  void finish() {
    RenditionWindow window = output.timeline().find(id);
    if (window != null && window.open() && window.newest().epoch().equals(epoch)) {
      output.gaps().close(window);
    }
  }

  RenditionWindow window() {
    RenditionWindow window = output.timeline().find(id);
    if (window == null) {
      throw new IllegalStateException("rendition %s has no segment yet".formatted(id));
    }
    return window;
  }

  private SegmentKey key(long number) {
    return new SegmentKey(output.stream(), id, epoch, number);
  }
}
