package nova.app.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import nova.app.error.StartupException;

/// How commands reach the server that runs on a data folder: the file `api` in it.
///
/// *Immutable.*
///
/// @param url of the API, as this machine reaches it
/// @param token that may do everything while the server runs
/// @param pid of the server
public record LocalServer(String url, String token, long pid) {
  private static final String FILE = "api";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /// The server of a data folder; empty when none runs there.
  ///
  /// @throws StartupException when the file is there and cannot be read
  public static Optional<LocalServer> find(Path data) {
    Path file = data.resolve(FILE);
    try {
      LocalServer server = MAPPER.readValue(Files.readString(file), LocalServer.class);
      return Optional.of(server).filter(LocalServer::isAlive);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new StartupException(
          "%s is not what a server wrote; start the server again, or use --api and --token"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new StartupException(
          "%s cannot be read (expected: run by the user that runs the server; or use --api and --token)"
              .formatted(file),
          e);
    }
  }

  private boolean isAlive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /// Tells commands of this server until the result is closed.
  public AutoCloseable announce(Path data) {
    Path file = data.resolve(FILE);
    Path unfinished = data.resolve(FILE + ".new");
    try {
      boolean _ = Files.deleteIfExists(unfinished);
      boolean posix = Files.getFileStore(data).supportsFileAttributeView("posix");
      Path _ = posix ? Files.createFile(unfinished, OWNER_ONLY) : Files.createFile(unfinished);
      Path _ = Files.writeString(unfinished, MAPPER.writeValueAsString(this) + "\n");
      Path _ =
          Files.move(
              unfinished,
              file,
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StartupException(
          "%s cannot be written: %s (expected: a data folder that the server may write to)"
              .formatted(file, e.getMessage()),
          e);
    }
    return () -> {
      boolean _ = Files.deleteIfExists(file);
    };
  }

  /// Hides the token.
  @Override
  public String toString() {
    return "LocalServer[%s, pid %d]".formatted(url, pid);
  }
}
