package nova.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import nova.app.error.StartupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against an HTTP server that answers what the test says.
class ApiClientTest {
  private record Answer(int status, String body, Map<String, String> headers) {}

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private final HttpServer server;

  ApiClientTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    Answer answer = answers.remove();
    answer.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] body = answer.body.getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private synchronized void say(int status, String body) {
    answers.add(new Answer(status, body, Map.of()));
  }

  private synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private ApiClient client(boolean json) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return new ApiClient(url, "nova_a", new Output(json));
  }

  @Test
  void list_isAllPages_orAsManyAsWanted() {
    say(200, "{\"streams\":[1,2],\"nextCursor\":\"b c\"}");
    say(200, "{\"streams\":[3]}");
    assertThat(client(false).list("/streams?live=true", "streams").path("streams")).hasSize(3);
    say(200, "{\"streams\":[1,2],\"nextCursor\":\"b\"}");
    assertThat(client(false).list("/streams", "streams", 2).path("streams")).hasSize(2);
    assertThat(asked())
        .containsExactly(
            "GET /api/v1/streams?live=true&limit=200",
            "GET /api/v1/streams?live=true&limit=200&cursor=b%20c",
            "GET /api/v1/streams?limit=2");
  }

  @Test
  void tooManyRequests_areWaitedFor_andWrongTokensAreNot() {
    answers.add(new Answer(429, "{\"reason\":\"too-many-requests\"}", Map.of("Retry-After", "1")));
    say(200, "{\"slug\":\"show\"}");
    assertThat(client(false).get("/channels/show").path("slug").asText()).isEqualTo("show");
    answers.add(
        new Answer(
            429,
            "{\"reason\":\"too-many-wrong-tokens\",\"detail\":\"Too many.\"}",
            Map.of("Retry-After", "1")));
    assertThatThrownBy(() -> client(false).get("/channels"))
        .isInstanceOf(StartupException.class)
        .hasMessage("Too many.");
    assertThat(asked()).hasSize(3);
  }

  @Test
  void problem_namesTheFieldOrParameter_withoutControlCharacters() {
    say(400, "{\"detail\":\"Too \\u009bbig.\",\"field\":\"/allowedNetworks/1\"}");
    assertThatThrownBy(() -> client(false).post("/channels", ApiClient.body()))
        .hasMessage("Too ?big. (field /allowedNetworks/1)");
    say(400, "{\"detail\":\"Too big.\",\"parameter\":\"limit\"}");
    assertThatThrownBy(() -> client(false).get("/channels"))
        .hasMessage("Too big. (parameter limit)");
  }

  @Test
  void problem_isPrintedWhole_forPrograms() {
    say(404, "{\"detail\":\"No.\",\"reason\":\"unknown-channel\"}");
    assertThat(printed(() -> assertThatThrownBy(() -> client(true).get("/channels/x"))))
        .contains("\"reason\" : \"unknown-channel\"");
    say(404, "{\"detail\":\"No.\"}");
    assertThat(printed(() -> assertThatThrownBy(() -> client(false).get("/channels/x")))).isEmpty();
  }

  @Test
  void deletion_answersAnEmptyObject_forPrograms() {
    say(204, "");
    JsonNode answer = client(true).delete("/channels/x");
    assertThat(printed(() -> new Output(true).done(answer, "done"))).isEqualTo("{ }\n");
    assertThat(printed(() -> new Output(false).done(answer, "done"))).isEmpty();
  }

  private static String printed(Runnable work) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      work.run();
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }
}
