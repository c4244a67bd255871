package nova.app.http;

import static nova.app.http.TestHttpServers.LARGE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Clients that send or take too slowly, or nothing at all.
class HttpDeadlinesTest {
  @Test
  void header_sent_drop_by_drop_ends_at_its_deadline() throws Exception {
    try (TestHttpServers http =
            new TestHttpServers(Duration.ofMillis(300), Duration.ofSeconds(75));
        Socket socket = http.connect()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void connection_without_another_request_ends_at_its_deadline() throws Exception {
    try (TestHttpServers http =
            new TestHttpServers(Duration.ofSeconds(10), Duration.ofMillis(300));
        Socket socket = http.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /"
                  .getBytes(StandardCharsets.US_ASCII));

      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(all).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"UP\",\"checks\":[]}");
    }
  }

  @Test
  void answer_that_is_taken_slowly_is_sent_to_its_end() throws Exception {
    try (TestHttpServers http = new TestHttpServers(Duration.ofSeconds(10), Duration.ofSeconds(1));
        Socket socket = askForLarge(http)) {
      byte[] piece = new byte[128 << 10];
      long bytes = 0;
      for (int n = piece.length; n == piece.length; bytes += n) {
        n = socket.getInputStream().readNBytes(piece, 0, piece.length);
        TimeUnit.MILLISECONDS.sleep(20); // a slow line: longer than two idle timeouts in all
      }
      assertThat(bytes).isGreaterThan(LARGE_BYTES);
    }
  }

  @Test
  void answer_that_is_not_taken_is_cut_off() throws Exception {
    try (TestHttpServers http =
            new TestHttpServers(Duration.ofSeconds(10), Duration.ofMillis(300));
        Socket socket = askForLarge(http)) {
      assertThat(http.counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

      long bytes = 0;
      try {
        bytes = socket.getInputStream().readAllBytes().length;
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      assertThat(bytes).isLessThan(LARGE_BYTES);
    }
  }

  private static Socket askForLarge(TestHttpServers http) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), http.port()));
    socket
        .getOutputStream()
        .write(
            "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
