package nova.segments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;

/// What one holder of a stream's lease put into a [SegmentFolder]. Nobody else writes there.
///
/// *Immutable.* Everything blocks.
record HolderFolder(Path path) {
  private static final String TIMELINE = "timeline.bin";
  private static final String POSTER = "poster.bin";
  private static final String INIT = "init";
  private static final int INSTANT_BYTES = 12;

  /// Writes an initialization section.
  ///
  /// @return false when it was there
  boolean putInit(RenditionId rendition, Epoch epoch, Bytes init) throws IOException {
    return WholeFiles.put(init(rendition, epoch), List.of(init.asByteBuffer()));
  }

  /// Writes a complete segment.
  ///
  /// @return false when it was there
  boolean putSegment(SegmentKey key, List<Bytes> chunks) throws IOException {
    return WholeFiles.put(file(key), SegmentFile.write(chunks));
  }

  boolean hasSegment(SegmentKey key) {
    return Files.exists(file(key));
  }

  void putTimeline(TimelineSnapshot snapshot) throws IOException {
    WholeFiles.replace(
        path.resolve(TIMELINE), List.of(TimelineWireFormat.write(snapshot).asByteBuffer()));
  }

  void putPoster(Poster poster) throws IOException {
    Instant at = poster.takenAt();
    ByteBuffer head = ByteBuffer.allocate(INSTANT_BYTES);
    head.putLong(at.getEpochSecond()).putInt(at.getNano()).flip();
    WholeFiles.replace(path.resolve(POSTER), List.of(head, poster.jpeg().asByteBuffer()));
  }

  Optional<Bytes> findInit(RenditionId rendition, Epoch epoch) throws IOException {
    return WholeFiles.small(init(rendition, epoch));
  }

  /// @throws MalformedTimelineException when it cannot be read
  Optional<List<Bytes>> segment(SegmentKey key) throws IOException {
    try {
      return Optional.of(SegmentFile.read(file(key)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// @throws MalformedTimelineException when it cannot be read
  Optional<Bytes> part(SegmentKey key, int part) throws IOException {
    try {
      return SegmentFile.read(file(key), part);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// @throws MalformedTimelineException when it cannot be read
  Optional<TimelineSnapshot> timeline() throws IOException {
    return WholeFiles.small(path.resolve(TIMELINE)).map(TimelineWireFormat::read);
  }

  /// @throws MalformedTimelineException when it cannot be read
  Optional<Poster> poster() throws IOException {
    Optional<Bytes> bytes = WholeFiles.small(path.resolve(POSTER));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer head = bytes.get().asByteBuffer();
    if (head.remaining() < INSTANT_BYTES) {
      throw new MalformedTimelineException("bad-poster-file", "poster file without a time");
    }
    try {
      Instant at = Instant.ofEpochSecond(head.getLong(), head.getInt());
      return Optional.of(new Poster(bytes.get().slice(INSTANT_BYTES), at));
    } catch (DateTimeException | ArithmeticException _) {
      throw new MalformedTimelineException("bad-poster-file", "poster file with a time of never");
    }
  }

  private Path init(RenditionId rendition, Epoch epoch) {
    return epochFolder(rendition, epoch).resolve(INIT);
  }

  private Path file(SegmentKey key) {
    return epochFolder(key.rendition(), key.epoch()).resolve(Long.toString(key.number()));
  }

  private Path epochFolder(RenditionId rendition, Epoch epoch) {
    return path.resolve(rendition.value()).resolve(epoch.toString());
  }
}
