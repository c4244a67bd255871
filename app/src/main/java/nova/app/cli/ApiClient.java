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
  private static final String LARGEST_PAGE = "limit=200";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final String base;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /// @param url of the server, with or without a path
  ApiClient(String url, String token) {
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

  void delete(String path) {
    JsonNode _ = send("DELETE", path, null);
  }

  /// All pages of a list as one.
  ///
  /// @param path may have a query
  /// @param name of the list in the answer
  JsonNode list(String path, String name) {
    String first = path + (path.contains("?") ? "&" : "?") + LARGEST_PAGE;
    ArrayNode all = MAPPER.createArrayNode();
    String page = first;
    while (true) {
      JsonNode answer = get(page);
      answer.path(name).forEach(all::add);
      String next = answer.path("nextCursor").asText("");
      if (next.isEmpty()) {
        ObjectNode whole = body();
        JsonNode _ = whole.set(name, all);
        return whole;
      }
      page = first + "&cursor=" + encoded(next);
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
      return answer(http.send(whole, BodyHandlers.ofString()));
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

  private JsonNode answer(HttpResponse<String> response) {
    JsonNode json = parsed(response);
    if (response.statusCode() < 300) {
      return json;
    }
    String detail = json.path("detail").asText("");
    throw new StartupException(
        detail.isEmpty()
            ? "%s answers with status %d (expected: the API of Nova)"
                .formatted(base, response.statusCode())
            : detail);
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
