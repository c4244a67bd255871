package nova.packager;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Bytes;
import nova.framelog.RungEnd;
import nova.media.MediaException;
import nova.media.TrackFormat;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkReader;
import nova.media.mp4.ProducerReferenceTime;
import nova.segments.PublishedMedia;
import nova.segments.SegmentKey;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import org.jspecify.annotations.Nullable;

/// A rung that another process encoded, with all that is stored of it.
///
/// A part that was stored but not listed any more may have been fetched, as the part that a
/// playlist foretold. It cannot be made again, so it is listed now.
///
/// *Confined to the holder of its stream's lock.*
final class InheritedRung {
  private final RenditionWindow window;
  private final StreamOutput output;
  private final PublishedMedia published;

  private InheritedRung(RenditionWindow window, StreamOutput output, PublishedMedia published) {
    this.window = window;
    this.output = output;
    this.published = published;
  }

  /// Inherits the rung.
  ///
  /// @return where an encoder goes on; empty when it is to begin anew, with the next segment that
  ///   comes, because media is missing before
  static Optional<RungEnd> of(
      RenditionWindow window, StreamOutput output, PublishedMedia published) {
    return new InheritedRung(window, output, published).take();
  }

  private Optional<RungEnd> take() {
    if (window.open()
        && OpenParts.load(window, output, published) < window.newest().parts().size()) {
      output.gaps().close(window);
      return Optional.empty();
    }
    while (listPart() || listSegment()) {
      output.publication().changed();
    }
    TimelineSegment last = window.newestMedia();
    OptionalLong end = last == null ? OptionalLong.empty() : end(last);
    if (last == null || end.isEmpty()) {
      output.gaps().close(window);
      return Optional.empty();
    }
    window.goesOnAt(end.getAsLong());
    return Optional.of(
        new RungEnd(window.id(), last.epoch(), last.number(), end.getAsLong(), until(last)));
  }

  /// Lists the next part of the open segment if it is stored.
  private boolean listPart() {
    if (!window.open()) {
      return false;
    }
    SegmentKey key = OpenParts.key(window, output);
    int part = window.newest().parts().size();
    Bytes bytes = stored(key, part);
    CmafChunk chunk = bytes == null ? null : chunk(bytes);
    if (bytes == null || chunk == null) {
      return false;
    }
    output.ports().segments().putPart(key, part, bytes);
    TimelinePart _ =
        window.addPart(
            chunk.baseMediaDecodeTime(),
            chunk.duration(),
            chunk.samples().size(),
            chunk.samples().getFirst().sync(),
            bytes.length());
    return true;
  }

  /// Lists the next segment whose first part is stored. The source has begun it before, and what
  /// lies between was no segment of the rung's, as where the source has a gap itself.
  private boolean listSegment() {
    RenditionWindow source = output.timeline().find(TimelineBuilder.sourceOf(window.format()));
    if (source == null) {
      return false;
    }
    long last = window.newest().number();
    for (TimelineSegment beside : source.segments()) {
      if (beside.number() > last && !beside.gap() && listSegment(beside)) {
        return true;
      }
    }
    return false;
  }

  private boolean listSegment(TimelineSegment beside) {
    long number = beside.number();
    Bytes bytes = stored(new SegmentKey(output.stream(), window.id(), beside.epoch(), number), 0);
    CmafChunk chunk = bytes == null ? null : chunk(bytes);
    TrackFormat format =
        chunk == null ? null : PublishedHeader.take(window.id(), beside.epoch(), output, published);
    if (chunk == null || format == null) {
      return false;
    }
    output.gaps().close(window);
    output.gaps().fill(window, number);
    window.format(format);
    long start = chunk.baseMediaDecodeTime() + chunk.samples().getFirst().compositionOffset();
    Instant wallClock =
        chunk
            .producerReferenceTime()
            .map(ProducerReferenceTime::time)
            .orElse(beside.programDateTime());
    window.openSegment(
        new SegmentStart(number, chunk.baseMediaDecodeTime(), start, true, wallClock),
        beside.epoch(),
        output.epochs().isDiscontinuity(number));
    return true;
  }

  private OptionalLong end(TimelineSegment last) {
    SegmentKey key = new SegmentKey(output.stream(), window.id(), last.epoch(), last.number());
    Bytes bytes = stored(key, last.parts().size() - 1);
    CmafChunk chunk = bytes == null ? null : chunk(bytes);
    return chunk == null
        ? OptionalLong.empty()
        : OptionalLong.of(chunk.baseMediaDecodeTime() + chunk.duration());
  }

  /// What is further behind becomes gaps before an encoder has caught up with it. By the clock of
  /// ingest, as the source's frames have it.
  private Instant until(TimelineSegment last) {
    return last.programDateTime()
        .plus(window.timescale().toDuration(last.duration()))
        .plus(Gaps.patienceWithRungs(output.config(), output.ports().framesKept()));
  }

  private @Nullable Bytes stored(SegmentKey key, int part) {
    return published.part(key, part).orElse(null);
  }

  private static @Nullable CmafChunk chunk(Bytes bytes) {
    try {
      return CmafChunkReader.read(bytes);
    } catch (MediaException _) {
      return null; // as if it was not there
    }
  }
}
