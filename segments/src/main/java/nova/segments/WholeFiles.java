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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import nova.core.Bytes;

/// Files that appear whole or not at all, in folders that others change at the same time.
final class WholeFiles {
  private static final String UNFINISHED = ".new-";
  private static final long MAX_SMALL_FILE = 4 << 20;

  private WholeFiles() {}

  /// Writes a file that never changes.
  ///
  /// @return false when it was there
  static boolean put(Path file, List<ByteBuffer> content) throws IOException {
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

  /// Writes a file, or puts it in the place of an earlier one.
  static void replace(Path file, List<ByteBuffer> content) throws IOException {
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

  /// A file as a whole; empty when there is none.
  ///
  /// @throws MalformedTimelineException when it is too long
  static Optional<Bytes> small(Path file) throws IOException {
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

  /// Adds a folder and all that is in it, folders before what is in them.
  static void walk(Path folder, List<Path> found) throws IOException {
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

  /// Deletes a file, or a folder that is empty.
  static void delete(Path path) throws IOException {
    try {
      boolean _ = Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException _) {
      // somebody writes into it
    }
  }
}
