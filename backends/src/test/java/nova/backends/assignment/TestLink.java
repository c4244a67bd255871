package nova.backends.assignment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The way of one node to a server on loopback, which can be cut.
///
/// *Thread-safe.*
final class TestLink implements AutoCloseable {
  private final int port;
  private volatile ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /// @param port of the server
  TestLink(int port) {
    this.port = port;
    this.server = open(0);
  }

  private ServerSocket open(int at) {
    try {
      ServerSocket opened = new ServerSocket(at, 50, InetAddress.getLoopbackAddress());
      Thread _ = Thread.ofVirtual().start(() -> accept(opened));
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Repairs it after it was cut.
  void restore() {
    server = open(server.getLocalPort());
  }

  /// The server's address on this way.
  String url() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  private void accept(ServerSocket opened) {
    try {
      while (!opened.isClosed()) {
        Socket client = opened.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.addAll(List.of(client, to));
        carry(client, to);
        carry(to, client);
      }
    } catch (IOException _) {
      // it was cut, or the server is not there
    }
  }

  private static void carry(Socket from, Socket to) {
    Thread _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (from;
                      to) {
                    long _ = from.getInputStream().transferTo(to.getOutputStream());
                  } catch (IOException _) {
                    // either has gone, and the other with it
                  }
                });
  }

  /// Cuts it.
  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
