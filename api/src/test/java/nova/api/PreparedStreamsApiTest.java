package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.header;
import static nova.api.TestShow.STREAM;
import static nova.api.TestShow.goLive;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import nova.control.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What operators make of streams: prepare, describe and end them.
class PreparedStreamsApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @Test
  void preparedStream_becomesTheNextBroadcast_andItsTitleCanBeChanged() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      var _ = server.channel("my-show");
      HttpResponse<String> made =
          server.ask(
              "POST",
              "/api/v1/streams",
              server.operator,
              "{\"channel\":\"my-show\",\"title\":\"Guests\",\"tags\":[\"talk\"]}");
      assertThat(made.statusCode()).isEqualTo(201);
      JsonNode stream = ApiServer.json(made);
      String path = "/api/v1/streams/" + stream.path("id").asText();
      assertThat(header(made, "Location")).isEqualTo(path);
      assertThat(stream.path("state").asText()).isEqualTo("PENDING_INGEST");
      assertThat(stream.path("tags").path(0).asText()).isEqualTo("talk");
      HttpResponse<String> second =
          server.ask("POST", "/api/v1/streams", server.operator, "{\"channel\":\"my-show\"}");
      assertProblem(second, 409, "stream-already-prepared");

      HttpResponse<String> changed =
          server.ask("PATCH", path, server.operator, "{\"title\":\"More\"}", "If-Match", "\"1\"");
      assertThat(changed.statusCode()).isEqualTo(200);
      assertThat(header(changed, "ETag")).isEqualTo("\"2\"");
      assertThat(ApiServer.json(changed).path("tags")).hasSize(1);
      assertProblem(
          server.ask("PATCH", path, server.operator, "{\"tags\":[]}", "If-Match", "\"1\""),
          412,
          "changed-meanwhile");
      assertThat(server.json(path).path("tags")).hasSize(1);

      HttpResponse<String> stopped = server.ask("POST", path + "/stop", server.operator, null);
      assertThat(ApiServer.json(stopped).path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
      assertProblem(
          server.ask("POST", path + "/stop", server.operator, null), 409, "stream-is-over");
    }
  }

  @Test
  void newStream_thatCannotBe_isRefused_andNoneIsPrepared() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      var _ = server.channel("my-show");
      for (List<String> wrong :
          List.of(
              List.of("{}", "400", "/channel"),
              List.of("{\"channel\":\"%2e%2e\"}", "400", "/channel"),
              List.of("{\"channel\":\"nobody\"}", "404", ""),
              List.of("{\"channel\":\"my-show\",\"tags\":\"talk\"}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"a\",1]}", "400", "/tags/1"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"a\",\"a\"]}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"\"]}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"state\":\"ACTIVE\"}", "400", "/state"))) {
        String body = wrong.get(0);
        int status = Integer.parseInt(wrong.get(1));
        String field = wrong.get(2);
        HttpResponse<String> answer = server.ask("POST", "/api/v1/streams", server.operator, body);
        assertThat(answer.statusCode()).as(body).isEqualTo(status);
        if (!field.isEmpty()) {
          assertThat(ApiServer.json(answer).path("field").asText()).isEqualTo(field);
        }
        assertThat(server.json("/api/v1/streams").path("streams")).isEmpty();
      }
    }
  }

  @Test
  void stop_endsTheBroadcast_withItsReason() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      HttpResponse<String> stopped =
          server.ask(
              "POST",
              "/api/v1/streams/my-show/stop",
              server.operator,
              "{\"reason\":\"The hall closes.\"}");
      assertThat(stopped.statusCode()).isEqualTo(200);
      assertThat(server.stopped).containsEntry(STREAM, "The hall closes.");
      assertThat(ApiServer.json(stopped).path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
    }
  }
}
