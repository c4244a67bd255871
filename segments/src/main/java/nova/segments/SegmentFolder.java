package nova.segments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nova.core.StreamId;

/// A folder with media of streams, which several processes may write and read at a time.
///
///     STREAM/TOKEN/timeline.bin            as TimelineWireFormat
///     STREAM/TOKEN/poster.bin              seconds since 1970 8 | nanoseconds 4 | JPEG
///     STREAM/TOKEN/RENDITION/EPOCH/init
///     STREAM/TOKEN/RENDITION/EPOCH/N       see SegmentFile
///
/// The token is that of the lease under which a node carries the stream: it rises from holder to
/// holder. Each writes into a folder of its own ([HolderFolder]), and readers take what the highest
/// token has before what lower ones have. So a node that goes on although it has lost the stream
/// changes nothing of what its successor put.
///
/// Every name comes from a value that cannot leave the folder. A file appears whole or not at all,
/// and never changes, but for timelines and posters, which later ones replace.
///
/// *Thread-safe.* Everything blocks.
final class SegmentFolder {
  private final Path root;

  SegmentFolder(Path root) {
    this.root = root;
  }

  interface Reading<T> {
    Optional<T> in(HolderFolder holder) throws IOException;
  }

  /// Where the holder with a token writes.
  HolderFolder of(StreamId stream, long token) {
    return new HolderFolder(streamFolder(stream).resolve(Long.toString(token)));
  }

  /// What the latest holder has that has any.
  <T> Optional<T> find(StreamId stream, Reading<T> reading) throws IOException {
    for (long token : tokens(stream)) {
      Optional<T> found = reading.in(of(stream, token));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// Removes a stream, unless a later holder than this has written of it.
  void removeStream(StreamId stream, long token) throws IOException {
    if (tokens(stream).stream().anyMatch(other -> other > token)) {
      return;
    }
    List<Path> all = new ArrayList<>();
    WholeFiles.walk(streamFolder(stream), all);
    for (Path path : all.reversed()) {
      WholeFiles.delete(path);
    }
  }

  /// Of those who have written of a stream, the latest first.
  private List<Long> tokens(StreamId stream) throws IOException {
    try (Stream<Path> holders = Files.list(streamFolder(stream))) {
      return holders
          .map(holder -> holder.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,18}"))
          .map(Long::valueOf)
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /// Removes files that are too old, and then the oldest ones until no more than `maxBytes` are
  /// left; folders that are empty and as old go too. A new one is about to be written into, perhaps
  /// by another process.
  ///
  /// @return bytes that are left
  long sweep(long maxBytes, Instant notBefore) throws IOException {
    List<Path> all = new ArrayList<>();
    WholeFiles.walk(root, all);
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
        WholeFiles.delete(file.path);
        left -= file.bytes;
      }
    }
    for (Path path : oldFolders.reversed()) {
      WholeFiles.delete(path);
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

  private Path streamFolder(StreamId stream) {
    return root.resolve(stream.value());
  }
}
