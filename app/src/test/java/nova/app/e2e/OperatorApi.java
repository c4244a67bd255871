package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nova.app.process.RunningNova;

/// The API of a running server as a program sees it that has one token, or none.
///
/// *Thread-safe.*
final class OperatorApi {
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final RunningNova nova;
  private final String token;

  /// @param token empty for none
  OperatorApi(RunningNova nova, String token) {
    this.nova = nova;
    this.token = token;
  }

  /// What the API answers.
  record Answer(int status, HttpHeaders headers, JsonNode body) {
    /// The body of what went well.
    JsonNode ok(int expected) {
      assertThat(status).as(body.toPrettyString()).isEqualTo(expected);
      return body;
    }

    /// A problem of that status and reason, in its media type.
    Answer refused(int expected, String reason) {
      assertThat(status).as(body.toPrettyString()).isEqualTo(expected);
      assertThat(headers.firstValue("Content-Type")).contains("application/problem+json");
      assertThat(body.path("reason").asText()).isEqualTo(reason);
      assertThat(body.path("detail").asText()).endsWith(".");
      return this;
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  Answer post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /// @param ifMatch the ETag of what is meant
  Answer patch(String path, String ifMatch, Map<String, ?> body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("If-Match", ifMatch)
            .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(nova.web("/api/v1" + path)).timeout(Duration.ofSeconds(30));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private static Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
    JsonNode body =
        response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), response.headers(), body);
  }

  /// Asks until what is answered is as wanted; only a failure meets the bound.
  JsonNode await(String path, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Answer answer = get(path);
      if (answer.status() == 200 && wanted.test(answer.body())) {
        return answer.body();
      }
      assertThat(System.nanoTime())
          .as("%s is %d %s", path, answer.status(), answer.body().toPrettyString())
          .isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /// The stream that is live on a channel, once its state is ACTIVE in the database and in memory:
  /// one that just ended may be so in the database for a moment.
  JsonNode awaitActive(String channel) throws IOException, InterruptedException {
    return await("/streams?channel=%s&state=ACTIVE".formatted(channel), OperatorApi::isActive)
        .path("streams")
        .path(0);
  }

  private static boolean isActive(JsonNode list) {
    return list.path("streams").path(0).path("state").asText().equals("ACTIVE");
  }

  /// A stream once it is over.
  JsonNode awaitEnded(String stream) throws IOException, InterruptedException {
    return await("/streams/" + stream, found -> found.hasNonNull("endedAt"));
  }
}
