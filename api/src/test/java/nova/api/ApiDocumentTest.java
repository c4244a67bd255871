package nova.api;

import static nova.api.ApiServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import nova.api.http.Operation;
import nova.control.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ApiDocumentTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete");

  @Test
  void document_hasWhatCanBeAsked_andNothingElse() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      Map<String, String> mounted = new TreeMap<>();
      for (Operation operation : server.api().operations()) {
        mounted.put(
            operation.id(),
            "%s %s %s"
                .formatted(
                    operation.method(),
                    operation.path(),
                    operation.parameters().stream().sorted().toList()));
      }
      Map<String, String> documented = new TreeMap<>();
      JsonNode document = server.json("/api/openapi.json");
      document
          .path("paths")
          .properties()
          .forEach(
              path ->
                  path.getValue()
                      .properties()
                      .forEach(
                          operation -> {
                            if (METHODS.contains(operation.getKey())) {
                              documented.put(
                                  operation.getValue().path("operationId").asText(),
                                  "%s %s %s"
                                      .formatted(
                                          operation.getKey().toUpperCase(Locale.ROOT),
                                          path.getKey(),
                                          queryParameters(document, operation.getValue())));
                            }
                          }));
      assertThat(mounted).isEqualTo(documented);
    }
  }

  @Test
  void lock_isOnWhatNeedsAToken_andScopesAreSaid() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      JsonNode paths = server.json("/api/openapi.json").path("paths");
      for (Operation operation : server.api().operations()) {
        JsonNode documented =
            paths.path(operation.path()).path(operation.method().name().toLowerCase(Locale.ROOT));
        switch (operation) {
          case Operation.Open _ ->
              assertThat(documented.has("security")).as(operation.id()).isTrue();
          case Operation.Guarded guarded -> {
            assertThat(documented.has("security")).as(operation.id()).isFalse();
            assertThat(documented.path("description").asText())
                .as(operation.id())
                .contains("cope `" + guarded.access().scope().label() + "`");
          }
        }
      }
    }
  }

  @Test
  void document_isWholeAndForEverybody() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> answer = server.get("/api/openapi.json");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
      JsonNode document = ApiServer.json(answer);
      assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
      Set<String> used = new HashSet<>();
      for (JsonNode reference : document.findValues("$ref")) {
        used.add(reference.asText());
        assertThat(document.at(reference.asText().substring(1)).isMissingNode())
            .as(reference.asText())
            .isFalse();
      }
      for (String kind : List.of("schemas", "responses", "parameters", "headers")) {
        document
            .path("components")
            .path(kind)
            .fieldNames()
            .forEachRemaining(
                name -> assertThat(used).contains("#/components/%s/%s".formatted(kind, name)));
      }
    }
  }

  @Test
  void document_canOnlyBeRead() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> answer = server.send("POST", "/api/openapi.json");
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
    }
  }

  @Test
  void server_belowAPath_isNamedSo() {
    ApiConfig config =
        new ApiConfig(
            "https://example.com/tv",
            "",
            ApiConfig.defaults().endedStreamsKept(),
            16,
            ApiConfig.defaults().limits());
    try (ApiServer server = new ApiServer(DATABASE, config)) {
      assertThat(server.json("/api/openapi.json").path("servers").path(0).path("url").asText())
          .isEqualTo("/tv/api/v1");
      assertThat(server.get("/api/docs").body()).contains("data-document=\"/tv/api/openapi.json\"");
    }
  }

  private static List<String> queryParameters(JsonNode document, JsonNode operation) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      JsonNode resolved =
          parameter.has("$ref")
              ? document.at(parameter.path("$ref").asText().substring(1))
              : parameter;
      if (resolved.path("in").asText().equals("query")) {
        names.add(resolved.path("name").asText());
      }
    }
    return names.stream().sorted().toList();
  }
}
