package nova.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import nova.api.http.Authenticator;
import nova.app.local.LocalAuthenticator;
import nova.app.local.LocalServer;
import nova.control.token.TokenSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data folder of a server that runs on it alone, and the token with which commands on this
/// machine reach that server.
///
/// *Thread-safe.*
final class ServerFolder {
  private static final Logger log = LoggerFactory.getLogger(ServerFolder.class);
  private static final Duration LOCK_PATIENCE = Duration.ofMinutes(1);
  private static final Duration LOCK_LOOK = Duration.ofMillis(100);

  private final DataFolder folder;
  private final TokenSecret localToken = TokenSecret.random(new SecureRandom());
  private final Instant since;

  private ServerFolder(DataFolder folder, Instant since) {
    this.folder = folder;
    this.since = since;
  }

  /// Makes the folder unless it is there, and keeps others out until the lifecycle closes.
  ///
  /// @throws nova.app.error.StartupException when it cannot be used
  static ServerFolder open(Foundation foundation) {
    DataFolder folder = DataFolder.of(foundation.config());
    folder.prepare();
    AutoCloseable _ = foundation.lifecycle().own("lock of the data folder", lock(folder));
    return new ServerFolder(folder, foundation.clock().instant());
  }

  /// Waits for the end of a backup or a restore, and of a server that is just ending, but not for
  /// one that runs.
  private static AutoCloseable lock(DataFolder folder) {
    Optional<AutoCloseable> lock = folder.tryLock();
    long startNs = System.nanoTime();
    boolean told = false;
    while (lock.isEmpty()
        && LocalServer.find(folder.path()).isEmpty()
        && System.nanoTime() - startNs < LOCK_PATIENCE.toNanos()) {
      if (!told) {
        log.atInfo()
            .addKeyValue("folder", folder.path())
            .log("waiting for another command to let go of the data folder");
        told = true;
      }
      LockSupport.parkNanos(LOCK_LOOK.toNanos());
      lock = folder.tryLock();
    }
    return lock.orElseGet(folder::lock);
  }

  Path path() {
    return folder.path();
  }

  /// Whose a token is: the one that commands on this machine find, or of others.
  Authenticator authenticator(Authenticator others) {
    return new LocalAuthenticator(localToken, since, others);
  }

  /// Lets commands on this machine find the server.
  ///
  /// @param url of the server, as this machine reaches it
  void announce(String url, Lifecycle lifecycle) {
    AutoCloseable _ =
        lifecycle.own(
            "announcement",
            new LocalServer(url, localToken.value(), ProcessHandle.current().pid())
                .announce(folder.path()));
  }
}
