package nova.control.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A way to a database that can fall silent: it keeps its connections, accepts more, and no byte
/// comes through any longer.
///
/// *Thread-safe.*
public final class SilentProxy implements AutoCloseable {
  private final URI database;
  private final ServerSocket server;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean silent; // guarded by the lock

  private SilentProxy(URI database, ServerSocket server) {
    this.database = database;
    this.server = server;
  }

  /// A new way, that speaks.
  public static SilentProxy to(DatabaseConfig config) throws IOException {
    URI database = URI.create(config.url().substring("jdbc:".length()));
    SilentProxy proxy =
        new SilentProxy(database, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread _ = Thread.startVirtualThread(proxy::accept);
    return proxy;
  }

  /// The same database, by this way.
  public DatabaseConfig through(DatabaseConfig config, int connections) {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:%d%s".formatted(server.getLocalPort(), database.getPath()),
        config.user(),
        config.password(),
        connections,
        config.patience());
  }

  /// From now on.
  public void silence() {
    set(true);
  }

  /// What was held back goes on.
  public void speak() {
    set(false);
  }

  private void set(boolean value) {
    lock.lock();
    try {
      silent = value;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        Thread _ = Thread.startVirtualThread(() -> connect(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void connect(Socket client) {
    try {
      awaitSpeech();
      Socket postgres = new Socket(database.getHost(), database.getPort());
      sockets.add(postgres);
      Thread _ = Thread.startVirtualThread(() -> forward(postgres, client));
      forward(client, postgres);
    } catch (IOException _) {
      // one of them is gone
    }
  }

  private void forward(Socket from, Socket to) {
    try (from;
        to) {
      byte[] some = new byte[8192];
      for (int n = from.getInputStream().read(some); n >= 0; n = from.getInputStream().read(some)) {
        awaitSpeech();
        to.getOutputStream().write(some, 0, n);
      }
      awaitSpeech();
    } catch (IOException _) {
      // one of them is gone
    }
  }

  private void awaitSpeech() {
    lock.lock();
    try {
      while (silent) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    speak();
  }
}
