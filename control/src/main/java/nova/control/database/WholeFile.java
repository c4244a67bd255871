package nova.control.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A small file that has all of its text or is not there, whenever whoever writes it is killed.
public final class WholeFile {
  private WholeFile() {}

  /// Writes or replaces a file.
  ///
  /// @param permissions such as `rw-------`
  public static void write(Path file, String text, String permissions) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    boolean _ = Files.deleteIfExists(part);
    Path _ =
        Files.createFile(
            part,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      int _ = channel.write(StandardCharsets.UTF_8.encode(text));
      channel.force(true);
    }
    Path _ =
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
