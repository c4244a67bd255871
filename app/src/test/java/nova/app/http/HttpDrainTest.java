package nova.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.app.config.HttpConfig;
import nova.core.DataSize;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How servers stop while clients are in the middle of something.
class HttpDrainTest {
  private static final int EVENT_LOOPS = 2;
  private static final int LARGE_BYTES = 16 << 20; // more than sockets hold
  private static final Charset US = StandardCharsets.US_ASCII;
  private static final String KEEP_ALIVE = " HTTP/1.1\r\nHost: x\r\n\r\n";

  private record Asked(RoutingContext context, Context loop) {
    void answer(String text) {
      loop.runOnContext(_ -> context.end(text));
    }
  }

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
  private final BlockingQueue<Asked> held = new LinkedBlockingQueue<>();
  private HttpServers servers = serve(Duration.ZERO, Duration.ofSeconds(20));

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void answer_on_its_way_is_finished_and_meanwhile_nobody_new_is_taken() throws Exception {
    try (Socket socket = connect()) {
      ask(socket, "/large");
      InputStream in = socket.getInputStream();
      long bytes = in.readNBytes(1 << 20).length;
      CompletableFuture<Void> closing = closing();
      awaitRefused();
      assertThat(closing).isNotDone();

      bytes += in.readAllBytes().length;

      assertThat(bytes).isGreaterThan(LARGE_BYTES);
      closing.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void answer_that_is_not_taken_is_cut_off_in_time() throws Exception {
    restart(Duration.ZERO, Duration.ofMillis(300));
    try (Socket socket = connect()) {
      ask(socket, "/large");
      assertThat(socket.getInputStream().read()).isEqualTo('H');

      closing().get(10, TimeUnit.SECONDS);

      assertThat(rest(socket)).isLessThan(LARGE_BYTES);
    }
  }

  @Test
  void request_that_waits_is_answered_as_the_last_of_its_connection() throws Exception {
    try (Socket socket = connect()) {
      ask(socket, "/held");
      Asked asked = next();
      CompletableFuture<Void> closing = closing();
      awaitRefused();

      asked.answer("the end");

      assertThat(all(socket)).containsIgnoringCase("connection: close").endsWith("the end");
      closing.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void request_of_http_2_that_waits_is_answered() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> waiting =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + servers.port() + "/held"))
                  .build(),
              BodyHandlers.ofString());
      Asked asked = next();
      CompletableFuture<Void> closing = closing();
      awaitRefused();

      asked.answer("the end");

      HttpResponse<String> answer = waiting.get(10, TimeUnit.SECONDS);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body()).isEqualTo("the end");
      closing.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void connection_without_a_request_does_not_delay_the_end() throws Exception {
    try (Socket socket = connect();
        Socket used = connect()) {
      ask(used, "/short");
      assertThat(used.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(US));

      closing().get(10, TimeUnit.SECONDS);

      assertThat(rest(socket)).isZero();
      assertThat(rest(used)).isPositive();
    }
  }

  @Test
  void server_that_leaves_answers_each_connection_once_more() throws Exception {
    restart(Duration.ofSeconds(2), Duration.ofSeconds(20));
    try (Socket before = connect();
        Socket waiting = connect()) {
      ask(before, "/short");
      assertThat(isLast(answer(before))).isFalse();
      ask(waiting, "/held");
      Asked asked = next();
      CompletableFuture<Void> leaving = background(servers::leave);
      for (int heard = 0; heard < 2 * EVENT_LOOPS; ) { // both loops are asked in turn
        try (Socket after = connect()) {
          ask(after, "/short");
          heard = isLast(answer(after)) ? heard + 1 : 0;
        }
      }
      asked.answer("the end");
      assertThat(isLast(all(waiting))).isTrue();
      ask(before, "/short");
      assertThat(isLast(all(before))).isTrue();

      leaving.get(10, TimeUnit.SECONDS);
      try (Socket after = connect()) {
        ask(after, "/short");
        assertThat(all(after)).as("until it is closed").endsWith("short");
      }
    }
  }

  private void restart(Duration drainDelay, Duration drainTimeout) throws Exception {
    servers.close();
    servers = serve(drainDelay, drainTimeout);
  }

  private HttpServers serve(Duration drainDelay, Duration drainTimeout) {
    HttpConfig config =
        new HttpConfig(
            "127.0.0.1",
            0,
            -1,
            "",
            "",
            0,
            DataSize.ofKiB(8),
            DataSize.ofMiB(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            drainDelay,
            drainTimeout);
    return HttpServers.open(
        vertx,
        config,
        EVENT_LOOPS,
        System::nanoTime,
        HttpMetrics.NONE,
        List.of(
            router ->
                router
                    .get("/held")
                    .handler(
                        context ->
                            held.add(new Asked(context, context.vertx().getOrCreateContext()))),
            router -> router.get("/short").handler(context -> context.end("short")),
            router ->
                router
                    .get("/large")
                    .handler(
                        context -> context.response().end(Buffer.buffer(new byte[LARGE_BYTES])))));
  }

  private CompletableFuture<Void> closing() {
    return background(servers);
  }

  private static CompletableFuture<Void> background(AutoCloseable closeable) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            closeable.close();
            done.complete(null);
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private Asked next() throws InterruptedException {
    Asked asked = held.poll(10, TimeUnit.SECONDS);
    assertThat(asked).isNotNull();
    return asked;
  }

  /// Waits until the port is closed.
  private void awaitRefused() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    boolean refused = false;
    while (!refused && System.nanoTime() < deadline) {
      try (Socket _ = connect()) {
        TimeUnit.MILLISECONDS.sleep(1);
      } catch (IOException e) {
        refused = e instanceof ConnectException; // before it some are accepted and dropped
      }
    }
    assertThat(refused).isTrue();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), servers.port()));
    return socket;
  }

  private static void ask(Socket socket, String path) throws IOException {
    socket.getOutputStream().write(("GET " + path + KEEP_ALIVE).getBytes(US));
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), US);
  }

  /// One answer of `/short`.
  private static String answer(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("short") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("the end of %s", answer).isNotNegative();
      answer.append((char) next);
    }
    return answer.toString();
  }

  private static boolean isLast(String answer) {
    return answer.toLowerCase(Locale.ROOT).contains("connection: close\r\n");
  }

  private static long rest(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
      return 0;
    }
  }
}
