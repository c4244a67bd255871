package nova.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import nova.app.error.StartupException;
import org.jspecify.annotations.Nullable;

/// Asks the API of a server. What it refuses becomes an exception with the server's sentence.
///
/// *Thread-safe.*
final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LARGEST_PAGE = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MOST_WAITS = 5; // for one request
  private static final long LONGEST_WAIT_SECONDS = 60;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final String base;
  private final String token;
  private final Output output;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1) // an upgrade is worth nothing to a question or two
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /// @param url of the server, with or without a path
  /// @param output shown what is refused, for programs
  ApiClient(String url, String token, Output output) {
    this.output = output;
    this.base = (url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + "/api/v1";
    this.token = token;
  }

  /// A JSON object to send.
  static ObjectNode body() {
    return MAPPER.createObjectNode();
  }

  JsonNode get(String path) {
    return send("GET", path, null);
  }

  JsonNode post(String path, ObjectNode body) {
    return send("POST", path, body);
  }

  JsonNode patch(String path, ObjectNode body) {
    return send("PATCH", path, body);
  }

  JsonNode delete(String path) {
    return send("DELETE", path, null);
  }

  /// All pages of a list as one.
  ///
  /// @param path may have a query
  /// @param name of the list in the answer
  JsonNode list(String path, String name) {
    return list(path, name, Integer.MAX_VALUE);
  }

  /// The first pages of a list as one.
  ///
  /// @param most things to list; when there are more, that is said
  JsonNode list(String path, String name, int most) {
    String separator = path.contains("?") ? "&" : "?";
    ArrayNode all = MAPPER.createArrayNode();
    String cursor = "";
    while (true) {
      int limit = Math.min(LARGEST_PAGE, most - all.size());
      JsonNode answer = get(path + separator + "limit=" + limit + cursor);
      answer.path(name).forEach(all::add);
      String next = answer.path("nextCursor").asText("");
      if (next.isEmpty() || all.size() >= most) {
        if (!next.isEmpty()) {
          output.say("there are more; --limit lists more than %d".formatted(most));
        }
        ObjectNode whole = body();
        JsonNode _ = whole.set(name, all);
        return whole;
      }
      cursor = "&cursor=" + encoded(next);
    }
  }

  /// Text that a person gave, as part of a path or a query.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode send(String method, String path, @Nullable ObjectNode body) {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(base + path));
    } catch (IllegalArgumentException e) {
      throw new StartupException(
          "'%s' is no address of a server (expected: such as https://live.example.com)"
              .formatted(base),
          e);
    }
    HttpRequest whole =
        request
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
            .build();
    try {
      return answer(sent(whole));
    } catch (ConnectException e) {
      throw new StartupException("no server answers at %s; is it running?".formatted(base), e);
    } catch (IOException e) {
      throw new StartupException(
          "the server at %s cannot be asked: %s".formatted(base, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  /// What is answered, once the server takes as many requests as were sent.
  private HttpResponse<String> sent(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    for (int waits = 0; waits < MOST_WAITS; waits++) {
      long seconds = waitSeconds(response);
      if (seconds <= 0 || seconds > LONGEST_WAIT_SECONDS) {
        break;
      }
      output.say("too many requests for now; going on in %d s".formatted(seconds));
      Thread.sleep(Duration.ofSeconds(seconds)); // as the server asks; Ctrl-C ends it
      response = http.send(request, BodyHandlers.ofString());
    }
    return response;
  }

  /// How long to wait until the same may be asked again, which was not done; 0 for what is
  /// answered. Wrong tokens do not get right by waiting.
  private long waitSeconds(HttpResponse<String> response) {
    if (response.statusCode() != TOO_MANY_REQUESTS
        || !parsed(response).path("reason").asText().equals("too-many-requests")) {
      return 0;
    }
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]{1,9}"))
        .map(Long::valueOf)
        .orElse(0L);
  }

  private JsonNode answer(HttpResponse<String> response) {
    JsonNode json = parsed(response);
    if (response.statusCode() < 300) {
      return json;
    }
    output.refused(json);
    String detail = json.path("detail").asText("");
    throw new StartupException(
        detail.isEmpty()
            ? "%s answers with status %d (expected: the API of Nova)"
                .formatted(base, response.statusCode())
            : Output.printable(detail + at(json, "field") + at(json, "parameter")));
  }

  /// Where in what was sent a problem is.
  private static String at(JsonNode problem, String kind) {
    String name = problem.path(kind).asText("");
    return name.isEmpty() ? "" : " (%s %s)".formatted(kind, name);
  }

  private JsonNode parsed(HttpResponse<String> response) {
    if (response.body().isEmpty()) {
      return body();
    }
    try {
      return MAPPER.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new StartupException(
          "%s answers with what is no JSON (status %d; expected: the API of Nova)"
              .formatted(base, response.statusCode()),
          e);
    }
  }

  static String query(Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(encoded(value)));
    return query.toString();
  }
}
