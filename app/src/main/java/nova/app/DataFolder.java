package nova.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;

/// The folder for what must survive a restart, for its owner's eyes only.
///
/// *Immutable.*
final class DataFolder {
  private final Path folder;

  private DataFolder(Path folder) {
    this.folder = folder;
  }

  /// The folder that the configuration names.
  ///
  /// @throws StartupException when that is no path
  static DataFolder of(AppConfig config) {
    try {
      return new DataFolder(Path.of(config.data()));
    } catch (InvalidPathException e) {
      throw new StartupException(
          "data folder '%s' is not a path; choose one with --data".formatted(config.data()), e);
    }
  }

  Path path() {
    return folder;
  }

  /// Creates it unless it is there.
  ///
  /// @throws StartupException when it cannot be created or written to
  void prepare() {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(folder, ownerOnly());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new StartupException(
            "data folder %s is a file (expected: a folder; choose one with --data)"
                .formatted(folder),
            e);
      }
    } catch (IOException e) {
      throw new StartupException(
          "data folder %s cannot be created: %s; choose one with --data"
              .formatted(folder, reason(e)),
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new StartupException(
          "data folder %s is not writable; choose one with --data".formatted(folder));
    }
  }

  /// Keeps others out until the result is closed, or this process ends in whatever way.
  ///
  /// @throws StartupException while another process has the folder
  AutoCloseable lock() {
    return tryLock()
        .orElseThrow(
            () ->
                new StartupException(
                    "data folder %s is in use by another server, a backup or a restore; wait for its end, or choose another folder with --data"
                        .formatted(folder)));
  }

  /// As [#lock]; empty while another process has the folder.
  Optional<AutoCloseable> tryLock() {
    Path file = folder.resolve("lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(channel);
    } catch (IOException e) {
      throw new StartupException(
          "data folder %s cannot be locked: %s; choose one with --data"
              .formatted(folder, reason(e)),
          e);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // this process has it
    }
  }

  private FileAttribute<?>[] ownerOnly() throws IOException {
    Path existing = Files.exists(folder) ? folder : folder.toAbsolutePath().getParent();
    if (existing == null || !Files.getFileStore(existing).supportsFileAttributeView("posix")) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> set = PosixFilePermissions.fromString("rwx------");
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException exists -> exists.getFile() + " is a file, not a folder";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
