package nova.delivery.http;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import nova.delivery.Broadcast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Request lines that no well-behaved client sends.
class RawRequestTest {
  private static final String FOLDER = "/media/" + DeliveryFixture.STREAM + "/source/0/";

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Broadcast broadcast = fixture.broadcast().withVideo().segments(2).put();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/media/%zz",
        "/media/%00/source/0/0.m4s",
        "//media/" + DeliveryFixture.STREAM + "/source/0/0.m4s",
        "/hls/../media/" + DeliveryFixture.STREAM + "/source/0/0.m4s",
        "/hls/%2e%2e/%2e%2e/etc/passwd",
        "/hls/a%2fb/index.m3u8",
        "/media/" + DeliveryFixture.STREAM + "/source/0/0.m4s%20",
        "/media/" + DeliveryFixture.STREAM + "/source/0/0.m4s;x",
        "/media/" + DeliveryFixture.STREAM + "\\source\\0\\0.m4s",
      })
  void target_malformedOrTraversing_isRefusedWithoutAFault(String target) throws Exception {
    String response =
        exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(response).containsPattern("^HTTP/1.1 (400|404) ");
    assertThat(response).doesNotContain("Exception", "\tat ");
    assertThat(fixture.metrics.failures).hasValue(0);
  }

  @Test
  void target_inAbsoluteForm_isServed() throws Exception {
    assertThat(exchange("GET http://x/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void requests_pipelinedBehindAHeldOne_areAnsweredInOrder() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + FOLDER
                      + "2.0.m4s HTTP/1.1\r\nHost: x\r\n\r\n"
                      + "GET "
                      + FOLDER
                      + "2.1.m4s HTTP/1.1\r\nHost: x\r\n\r\n"
                      + "GET /time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      fixture.awaitHeld(1);
      broadcast.part(VIDEO).put();
      fixture.awaitHeld(1); // the second is held in its turn
      while (fixture.metrics.count("answered PART 200") == 0) {
        Thread.onSpinWait();
      }
      broadcast.part(VIDEO).put();

      assertThat(read(socket.getInputStream()))
          .containsSubsequence("<source 2.0>", "<source 2.1>", "2026-11-22T16:00:00.000Z\n");
    }
  }

  private String exchange(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return read(socket.getInputStream());
    }
  }

  private static String read(InputStream in) throws Exception {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
