package nova.bench.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.bench.viewer.ViewerAddresses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoopTest {
  private static final byte[] LARGE = new byte[1_000_000];

  private final BlockingQueue<Object> outcomes = new ArrayBlockingQueue<>(10);
  private HttpServer server;
  private HttpLoop loop;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/small", exchange -> answer(exchange, 200, new byte[] {1, 2, 3}));
    server.createContext("/large", exchange -> answer(exchange, 404, LARGE));
    server.createContext(
        "/echo",
        exchange -> {
          String said =
              exchange.getRequestMethod()
                  + exchange.getRequestHeaders().getFirst("Authorization")
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          answer(exchange, 200, said.getBytes(StandardCharsets.UTF_8));
        });
    server.createContext("/rude", HttpExchange::close);
    server.start();
    loop = HttpLoop.start("test-loop");
  }

  @AfterEach
  void stop() {
    loop.close();
    server.stop(0);
  }

  @Test
  void get_severalOnOneConnection_eachHasItsAnswer() throws Exception {
    HttpConnection connection = loop.connect(ViewerAddresses.of(300), server.getAddress());
    HttpResponse small = get(connection, "/small", true);
    assertThat(small.status()).isEqualTo(200);
    assertThat(small.body().toHex()).isEqualTo("010203");
    HttpResponse large = get(connection, "/large", false);
    assertThat(large.status()).isEqualTo(404);
    assertThat(large.bodyLength()).isEqualTo(LARGE.length);
    assertThat(large.body().isEmpty()).isTrue();
    assertThat(large.lastByteNanos()).isGreaterThan(large.firstByteNanos());
    assertThat(get(connection, "/large", true).body().length()).isEqualTo(LARGE.length);
  }

  @Test
  void get_serverClosesWithoutAnswer_isAFailure() throws Exception {
    HttpConnection connection = loop.connect(ViewerAddresses.of(0), server.getAddress());
    assertThat(outcomeOf(connection, HttpRequest.get("/rude"), true))
        .isInstanceOf(IOException.class);
  }

  @Test
  void send_methodHeaderAndBody_reachTheServer() throws Exception {
    HttpConnection connection = loop.connect(ViewerAddresses.of(0), server.getAddress());
    HttpRequest request =
        new HttpRequest("PATCH", "/echo", Map.of("Authorization", "Bearer x"), "{\"ü\":1}");
    HttpResponse answer = (HttpResponse) outcomeOf(connection, request, true);
    assertThat(answer.body().toUtf8()).isEqualTo("PATCHBearer x{\"ü\":1}");
  }

  private HttpResponse get(HttpConnection connection, String path, boolean keepBody)
      throws InterruptedException {
    return (HttpResponse) outcomeOf(connection, HttpRequest.get(path), keepBody);
  }

  private Object outcomeOf(HttpConnection connection, HttpRequest request, boolean keepBody)
      throws InterruptedException {
    loop.execute(
        () ->
            connection.send(
                request,
                keepBody,
                new HttpConnection.Outcome() {
                  @Override
                  public void onResponse(HttpResponse response) {
                    outcomes.add(response);
                  }

                  @Override
                  public void onFailure(IOException reason) {
                    outcomes.add(reason);
                  }
                }));
    Object outcome = outcomes.poll(10, TimeUnit.SECONDS);
    return outcome == null ? "no outcome within 10 s" : outcome;
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
