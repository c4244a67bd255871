package nova.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import nova.app.error.StartupException;

/// A file that is there only when all of it is, and that only its owner can read. Until then it is
/// called `….part`.
///
/// *Confined to the main thread*, but for closing.
final class NewFile implements AutoCloseable {
  private final Path path;
  private final Path part;
  private final FileChannel channel;

  private NewFile(Path path, Path part, FileChannel channel) {
    this.path = path;
    this.part = part;
    this.channel = channel;
  }

  /// @throws StartupException when it cannot be written, or is there already
  static NewFile create(Path path) {
    if (Files.exists(path)) {
      throw new StartupException("'%s' exists already (expected: a new file)".formatted(path));
    }
    Path part = path.resolveSibling(path.getFileName() + ".part");
    try {
      FileChannel channel =
          FileChannel.open(
              part,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return new NewFile(path, part, channel);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  OutputStream open() {
    return Channels.newOutputStream(channel);
  }

  /// Gives it its name, when all of it is on the disk.
  void complete() throws IOException {
    channel.force(true);
    Path _ = Files.move(part, path);
  }

  /// What to say when it cannot be written.
  StartupException failed(IOException e) {
    return failed(path, e);
  }

  private static StartupException failed(Path path, IOException e) {
    String why =
        switch (e) {
          case FileAlreadyExistsException there -> there.getFile() + " exists already";
          case NoSuchFileException _ -> "its folder does not exist";
          default -> String.valueOf(e.getMessage());
        };
    return new StartupException("'%s' cannot be written: %s".formatted(path, why), e);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    boolean _ = Files.deleteIfExists(part);
  }
}
