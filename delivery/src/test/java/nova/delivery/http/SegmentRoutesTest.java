package nova.delivery.http;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.delivery.Broadcast;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentRoutesTest {
  private static final String FOLDER = "/media/" + DeliveryFixture.STREAM + "/source/0/";

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Broadcast broadcast = fixture.broadcast().withVideo().segments(2).part(VIDEO).put();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void segment_complete_isItsPartsConcatenated() throws Exception {
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      parts.append(fixture.get(FOLDER + "1." + i + ".m4s").body());
    }
    HttpResponse<String> segment = fixture.get(FOLDER + "1.m4s");

    assertThat(segment.body()).isEqualTo(parts.toString()).startsWith("<source 1.0>");
    assertThat(segment.headers().firstValue("content-type")).contains("video/mp4");
    assertThat(segment.headers().firstValue("accept-ranges")).contains("bytes");
    assertThat(segment.headers().firstValue("cache-control").orElse("")).contains("immutable");
    assertThat(segment.headers().firstValue("content-length"))
        .contains(Integer.toString(parts.length()));
    assertThat(fixture.get(FOLDER + "init.mp4").body()).isEqualTo("init source 0");
    assertThat(fixture.get(FOLDER + "2.0.m4s").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-, 206, 0, -1",
    "bytes=0-9, 206, 0, 10",
    "bytes=100-899, 206, 100, 900",
    "bytes=-5, 206, -5, -1",
    "bytes=-99999999999999999999, 206, 0, -1",
    "bytes=10-99999999999999999999, 206, 10, -1",
    "'bytes=0-1,3-4', 200, 0, -1",
    "bytes=5-4, 200, 0, -1",
    "lines=0-1, 200, 0, -1",
    "bytes=x-, 200, 0, -1",
    "bytes=-, 200, 0, -1",
  })
  void range_ofASegment_isThatSlice(String range, int status, int from, int to) throws Exception {
    String whole = fixture.get(FOLDER + "0.m4s").body();
    int first = from < 0 ? whole.length() + from : from;
    int end = to < 0 ? whole.length() : to;

    HttpResponse<String> response = fixture.get(FOLDER + "0.m4s", "Range", range);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(whole.substring(first, end));
    if (status == 206) {
      assertThat(response.headers().firstValue("content-range"))
          .contains("bytes %d-%d/%d".formatted(first, end - 1, whole.length()));
    }
  }

  @Test
  void range_outsideTheBody_isNotSatisfiable() throws Exception {
    int length = fixture.get(FOLDER + "0.m4s").body().length();

    for (String range :
        new String[] {"bytes=" + length + "-", "bytes=-0", "bytes=99999999999999999999-"}) {
      HttpResponse<String> response = fixture.get(FOLDER + "0.m4s", "Range", range);
      assertThat(response.statusCode()).as(range).isEqualTo(416);
      assertThat(response.headers().firstValue("content-range")).contains("bytes */" + length);
    }
  }

  @Test
  void media_conditional_comparesTheEntityTag() throws Exception {
    String etag = fixture.get(FOLDER + "0.m4s").headers().firstValue("etag").orElseThrow();
    String partTag = fixture.get(FOLDER + "0.0.m4s").headers().firstValue("etag").orElseThrow();

    assertThat(etag).isNotEqualTo(partTag);
    assertThat(fixture.get(FOLDER + "0.m4s", "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(fixture.get(FOLDER + "0.m4s", "If-None-Match", "*").statusCode()).isEqualTo(304);
    assertThat(fixture.get(FOLDER + "0.m4s", "If-None-Match", partTag).statusCode()).isEqualTo(200);
    assertThat(
            fixture
                .get(FOLDER + "0.m4s", "Range", "bytes=0-1", "If-Range", "\"other\"")
                .statusCode())
        .isEqualTo(200);
    assertThat(fixture.get(FOLDER + "0.m4s", "Range", "bytes=0-1", "If-Range", etag).statusCode())
        .isEqualTo(206);
  }

  @Test
  void head_ofASegment_hasItsLengthAndNoBody() throws Exception {
    HttpResponse<String> head =
        fixture.client.send(
            fixture.request(FOLDER + "0.m4s").HEAD().build(), HttpResponse.BodyHandlers.ofString());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().map()).isEqualTo(fixture.get(FOLDER + "0.m4s").headers().map());
  }

  @Test
  void hintedPart_requestedEarly_isHeldAndSentWhole() throws Exception {
    CompletableFuture<HttpResponse<String>> open = fixture.getAsync(FOLDER + "2.1.m4s");
    fixture.awaitHeld(1);
    broadcast.part(VIDEO).put();
    assertThat(open.get(10, TimeUnit.SECONDS).body())
        .isEqualTo(Broadcast.chunk(VIDEO, 2, 1).toUtf8());

    broadcast.complete(VIDEO).put();
    CompletableFuture<HttpResponse<String>> next = fixture.getAsync(FOLDER + "3.0.m4s");
    fixture.awaitHeld(1);
    broadcast.part(VIDEO).put();
    assertThat(next.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void hintedPart_whenTheSegmentIsCutEarly_isNotFoundAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(FOLDER + "2.1.m4s");
    fixture.awaitHeld(1);

    broadcast.complete(VIDEO).put();

    HttpResponse<String> response = held.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("cache-control")).contains("public, max-age=4");
  }

  @Test
  void hintedPart_whenTheBroadcasterIsAway_isNotFoundAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(FOLDER + "2.1.m4s");
    fixture.awaitHeld(1);

    broadcast.state(TimelineState.RECONNECTING).put();

    assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
  }

  @Test
  void hintedPart_heldTooLong_isUnavailable() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(FOLDER + "2.1.m4s");
    fixture.awaitHeld(1);

    fixture.clock.advance(Duration.ofSeconds(12));

    assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  @Test
  void hintedPart_whenTheServerStops_isUnavailable_andMediaIsStillServed() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(FOLDER + "2.1.m4s");
    fixture.awaitHeld(1);

    fixture.stopHolding();

    assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    assertThat(fixture.get(FOLDER + "1.m4s").statusCode()).isEqualTo(200);
  }

  @Test
  void partAfterTheHinted_whichAnotherServerHasHinted_isHeldAndSentToo() throws Exception {
    CompletableFuture<HttpResponse<String>> next = fixture.getAsync(FOLDER + "2.2.m4s");
    CompletableFuture<HttpResponse<String>> first = fixture.getAsync(FOLDER + "3.0.m4s");
    fixture.awaitHeld(2);

    broadcast.part(VIDEO).put().part(VIDEO).put();
    assertThat(next.get(10, TimeUnit.SECONDS).body())
        .isEqualTo(Broadcast.chunk(VIDEO, 2, 2).toUtf8());
    broadcast.complete(VIDEO).put().part(VIDEO).put();
    assertThat(first.get(10, TimeUnit.SECONDS).body())
        .isEqualTo(Broadcast.chunk(VIDEO, 3, 0).toUtf8());
  }

  @Test
  void segmentThatIsOpen_whichAnotherServerHasNamed_isHeldAndSentWhole() throws Exception {
    CompletableFuture<HttpResponse<String>> open = fixture.getAsync(FOLDER + "2.m4s");
    fixture.awaitHeld(1);
    broadcast.part(VIDEO).put();

    broadcast.complete(VIDEO).put();

    assertThat(open.get(10, TimeUnit.SECONDS).body())
        .isEqualTo(Broadcast.chunk(VIDEO, 2, 0).toUtf8() + Broadcast.chunk(VIDEO, 2, 1).toUtf8());
    assertThat(fixture.get(FOLDER + "3.m4s").statusCode()).as("not begun").isEqualTo(404);
  }

  @Test
  void part_neverHinted_isNotFoundWithoutWaiting() throws Exception {
    for (String name : new String[] {"2.3.m4s", "3.1.m4s", "4.0.m4s", "9.0.m4s", "1.6.m4s"}) {
      assertThat(fixture.get(FOLDER + name).statusCode()).as(name).isEqualTo(404);
    }
    assertThat(fixture.metrics.held).hasValue(0);
  }

  @Test
  void largeSegment_readSlowlyOrFast_arrivesWhole() throws Exception {
    byte[] bytes = putLarge(5, 900_001);

    HttpResponse<byte[]> fast =
        fixture.client.send(
            fixture.request(FOLDER + "3.m4s").build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(Arrays.equals(fast.body(), bytes)).isTrue();
    assertThat(rawGet("3.m4s", 50_000).length).isEqualTo(bytes.length);
    HttpResponse<byte[]> range =
        fixture.client.send(
            fixture.request(FOLDER + "3.m4s").header("Range", "bytes=850000-3000000").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(Arrays.equals(range.body(), Arrays.copyOfRange(bytes, 850_000, 3_000_001))).isTrue();
  }

  @Test
  void largeSegment_notReadAtAll_isCutOff() throws Exception {
    putLarge(40, 1_000_000); // more than socket buffers take
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port)) {
      socket.setSoTimeout(20_000);
      request(socket, "3.m4s");
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      while (fixture.metrics.count("refused too-slow") == 0 && System.nanoTime() < deadline) {
        fixture.clock.advance(Duration.ofSeconds(31));
        Thread.sleep(20);
      }
      assertThat(fixture.metrics.count("refused too-slow")).isEqualTo(1);
    }
  }

  @Test
  void post_toMedia_isNotAllowed() throws Exception {
    HttpResponse<String> response =
        fixture.client.send(
            fixture.request(FOLDER + "0.m4s").DELETE().build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
  }

  /// As segment 3.
  private byte[] putLarge(int parts, int partBytes) {
    byte[] all = new byte[parts * partBytes];
    new Random(7).nextBytes(all);
    broadcast.complete(VIDEO);
    for (int i = 0; i < parts; i++) {
      ByteBuffer direct = ByteBuffer.allocateDirect(partBytes);
      direct.put(all, i * partBytes, partBytes).flip();
      broadcast.part(VIDEO, Bytes.wrap(direct));
    }
    broadcast.complete(VIDEO).put();
    return all;
  }

  private static void request(Socket socket, String name) throws Exception {
    OutputStream out = socket.getOutputStream();
    out.write(
        ("GET " + FOLDER + name + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private byte[] rawGet(String name, int chunk) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port)) {
      socket.setReceiveBufferSize(16 * 1024);
      socket.setSoTimeout(20_000);
      request(socket, name);
      InputStream in = socket.getInputStream();
      java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
      byte[] buffer = new byte[chunk];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
      byte[] response = all.toByteArray();
      int body = new String(response, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      return Arrays.copyOfRange(response, body, response.length);
    }
  }
}
