package nova.segments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// A folder with media of streams, which several processes may write and read at a time.
///
///     STREAM/timeline.bin            as TimelineWireFormat
///     STREAM/poster.bin              seconds since 1970 8 | nanoseconds 4 | JPEG
///     STREAM/RENDITION/EPOCH/init
///     STREAM/RENDITION/EPOCH/N       see SegmentFile
///
/// Every name comes from a value that cannot leave the folder. A file appears whole or not at all,
/// and never changes, but for timelines and posters, which later ones replace.
///
/// *Thread-safe.* Everything blocks.
final class SegmentFolder {
  private static final String TIMELINE = "timeline.bin";
  private static final String POSTER = "poster.bin";
  private static final String INIT = "init";
  private static final String UNFINISHED = ".new-";
  private static final int INSTANT_BYTES = 12;
  private static final long MAX_SMALL_FILE = 4 << 20;

  private final Path root;

  SegmentFolder(Path root) {
    this.root = root;
  }

  /// Writes an initialization section.
  ///
  /// @return false when it was there
  boolean putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init)
      throws IOException {
    return put(epochFolder(stream, rendition, epoch).resolve(INIT), List.of(init.asByteBuffer()));
  }

  /// Writes a complete segment.
  ///
  /// @return false when it was there
  boolean putSegment(SegmentKey key, List<Bytes> chunks) throws IOException {
    return put(file(key), SegmentFile.write(chunks));
  }

  boolean hasSegment(SegmentKey key) {
    return Files.exists(file(key));
  }

  /// Replaces the timeline unless one of this version or a later one is there.
  ///
  /// @return whether it did
  boolean putTimeline(TimelineSnapshot snapshot) throws IOException {
    try {
      if (timeline(snapshot.stream()).filter(t -> t.version() >= snapshot.version()).isPresent()) {
        return false;
      }
    } catch (MalformedTimelineException _) {
      // then this one is better
    }
    replace(
        streamFolder(snapshot.stream()).resolve(TIMELINE),
        List.of(TimelineWireFormat.write(snapshot).asByteBuffer()));
    return true;
  }

  void putPoster(StreamId stream, Poster poster) throws IOException {
    Instant at = poster.takenAt();
    ByteBuffer head = ByteBuffer.allocate(INSTANT_BYTES);
    head.putLong(at.getEpochSecond()).putInt(at.getNano()).flip();
    replace(streamFolder(stream).resolve(POSTER), List.of(head, poster.jpeg().asByteBuffer()));
  }

  Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) throws IOException {
    return small(epochFolder(stream, rendition, epoch).resolve(INIT));
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
  Optional<TimelineSnapshot> timeline(StreamId stream) throws IOException {
    Optional<Bytes> bytes = small(streamFolder(stream).resolve(TIMELINE));
    return bytes.map(TimelineWireFormat::read);
  }

  /// @throws MalformedTimelineException when it cannot be read
  Optional<Poster> poster(StreamId stream) throws IOException {
    Optional<Bytes> bytes = small(streamFolder(stream).resolve(POSTER));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer head = bytes.get().asByteBuffer();
    if (head.remaining() < INSTANT_BYTES) {
      throw new MalformedTimelineException("bad-poster-file", "poster file without a time");
    }
    long second = head.getLong();
    int nano = head.getInt();
    if (Math.abs(second) > Instant.MAX.getEpochSecond() || nano < 0 || nano > 999_999_999) {
      throw new MalformedTimelineException("bad-poster-file", "poster file with a time of never");
    }
    return Optional.of(
        new Poster(bytes.get().slice(INSTANT_BYTES), Instant.ofEpochSecond(second, nano)));
  }

  void removeStream(StreamId stream) throws IOException {
    List<Path> all = new ArrayList<>();
    walk(streamFolder(stream), all);
    for (Path path : all.reversed()) {
      delete(path);
    }
  }

  /// Removes files that are too old, and then the oldest ones until no more than `maxBytes` are
  /// left; folders that are empty and as old go too. A new one is about to be written into, perhaps
  /// by another process.
  ///
  /// @return bytes that are left
  long sweep(long maxBytes, Instant notBefore) throws IOException {
    List<Path> all = new ArrayList<>();
    walk(root, all);
    List<Found> files = new ArrayList<>();
    List<Path> oldFolders = new ArrayList<>();
    for (Path path : all) {
      Optional<BasicFileAttributes> found = attributes(path);
      if (found.isPresent()) {
        Instant writtenAt = found.get().lastModifiedTime().toInstant();
        if (found.get().isRegularFile()) {
          files.add(new Found(path, writtenAt, found.get().size()));
        } else if (writtenAt.isBefore(notBefore) && !path.equals(root)) {
          oldFolders.add(path);
        }
      }
    }
    files.sort(Comparator.comparing(Found::writtenAt));
    long left = files.stream().mapToLong(Found::bytes).sum();
    for (Found file : files) {
      if (left > maxBytes || file.writtenAt.isBefore(notBefore)) {
        delete(file.path);
        left -= file.bytes;
      }
    }
    for (Path path : oldFolders.reversed()) {
      delete(path);
    }
    return left;
  }

  private record Found(Path path, Instant writtenAt, long bytes) {}

  private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
    } catch (NoSuchFileException _) {
      return Optional.empty(); // somebody else swept it
    }
  }

  /// Folders before what is in them.
  private static void walk(Path folder, List<Path> found) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.forEach(found::add);
    } catch (NoSuchFileException _) {
      // nothing there, or gone meanwhile: the next time finds the rest
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }

  private static void delete(Path path) throws IOException {
    try {
      boolean _ = Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException _) {
      // somebody writes into it
    }
  }

  private static boolean put(Path file, List<ByteBuffer> content) throws IOException {
    if (Files.exists(file)) {
      return false;
    }
    Path unfinished = writeBeside(file, content);
    try {
      Files.createLink(file, unfinished); // refuses when somebody was faster
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException _) {
      // Not every file system has links; this one replaces what came between, by the same bytes.
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      boolean _ = Files.deleteIfExists(unfinished);
    }
  }

  private static void replace(Path file, List<ByteBuffer> content) throws IOException {
    Path unfinished = writeBeside(file, content);
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      boolean _ = Files.deleteIfExists(unfinished);
    }
  }

  private static Path writeBeside(Path file, List<ByteBuffer> content) throws IOException {
    Path unfinished = file.resolveSibling(UNFINISHED + UUID.randomUUID());
    Files.createDirectories(file.resolve("..").normalize());
    try (FileChannel channel =
        FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (ByteBuffer some : content) {
        while (some.hasRemaining()) {
          int _ = channel.write(some);
        }
      }
    } catch (IOException e) {
      boolean _ = Files.deleteIfExists(unfinished);
      throw e;
    }
    return unfinished;
  }

  private static Optional<Bytes> small(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_SMALL_FILE) {
        throw new MalformedTimelineException(
            "file-too-long",
            "file of %d bytes (expected: <= %d)".formatted(Files.size(file), MAX_SMALL_FILE));
      }
      return Optional.of(Bytes.wrap(Files.readAllBytes(file)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private Path streamFolder(StreamId stream) {
    return root.resolve(stream.value());
  }

  private Path epochFolder(StreamId stream, RenditionId rendition, Epoch epoch) {
    return streamFolder(stream).resolve(rendition.value()).resolve(epoch.toString());
  }

  private Path file(SegmentKey key) {
    return epochFolder(key.stream(), key.rendition(), key.epoch())
        .resolve(Long.toString(key.number()));
  }
}
