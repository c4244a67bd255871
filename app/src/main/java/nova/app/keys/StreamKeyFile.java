package nova.app.keys;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nova.app.error.StartupException;
import nova.core.Bytes;
import nova.core.ChannelSlug;

/// The file `stream-keys` in the data folder: one line per key with its channel and its SHA-256,
/// for the owner's eyes only.
///
/// *Thread-safe*, but two processes must not create it at once.
public final class StreamKeyFile {
  private static final String NAME = "stream-keys";
  private static final String HEADER =
      """
      # Who may publish: a channel and the SHA-256 of its stream key. Nova does not keep the key itself.
      # Lost the key? Delete this file and start Nova again: it makes a new key and prints it once.
      """;
  private static final int SHA256_BYTES = 32;

  private final Path folder;

  public StreamKeyFile(Path folder) {
    this.folder = folder;
  }

  public Path path() {
    return folder.resolve(NAME);
  }

  /// The keys in the file; empty when there is no file yet.
  ///
  /// @throws StartupException when the file or its folder cannot be used
  public Optional<StreamKeys> read() {
    try {
      return Optional.of(parse(Files.readAllLines(path())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StartupException(
          "stream keys cannot be read from %s: %s".formatted(path(), reason(e)), e);
    }
  }

  /// Writes the keys, replacing what was there; afterwards they survive a restart.
  public void write(StreamKeys keys) {
    StringBuilder text = new StringBuilder(HEADER);
    for (StreamKeys.HashedKey key : keys.hashed()) {
      text.append(key.channel()).append(' ').append(key.sha256().toHex()).append('\n');
    }
    Path temporary = folder.resolve(NAME + ".new");
    try {
      Files.deleteIfExists(temporary);
      Files.createFile(temporary, ownerOnly("rw-------"));
      Files.writeString(temporary, text);
      Files.move(
          temporary, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StartupException(
          "stream keys cannot be written to %s: %s".formatted(path(), reason(e)), e);
    }
  }

  private StreamKeys parse(List<String> lines) {
    List<StreamKeys.HashedKey> keys = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        keys.add(key(line, i + 1));
      }
    }
    return new StreamKeys(keys);
  }

  private StreamKeys.HashedKey key(String line, int number) {
    List<String> words = List.of(line.split("\\s+"));
    try {
      if (words.size() == 2 && words.get(1).length() == 2 * SHA256_BYTES) {
        return new StreamKeys.HashedKey(
            new ChannelSlug(words.getFirst()), Bytes.ofHex(words.get(1)));
      }
    } catch (IllegalArgumentException e) {
      throw new StartupException(malformed(number), e);
    }
    throw new StartupException(malformed(number));
  }

  private String malformed(int line) {
    return "line %d of %s is not a stream key (expected: CHANNEL and the SHA-256 of its key); delete the file to get a new key"
        .formatted(line, path());
  }

  /// Creates the folder for [#write], for the owner only, unless it is there.
  ///
  /// @throws StartupException when it cannot be created or written to
  public void prepareFolder() {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(folder, ownerOnly("rwx------"));
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

  private FileAttribute<?>[] ownerOnly(String permissions) throws IOException {
    Path existing = Files.exists(folder) ? folder : folder.toAbsolutePath().getParent();
    if (existing == null || !Files.getFileStore(existing).supportsFileAttributeView("posix")) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
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
