package nova.api.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the API's document promises: each answer is of a status, a type and a schema that its
/// operation has, with the headers that belong to it, and has no field that is not documented. A
/// body that was taken is of the schema of bodies.
public final class ApiContract {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final SchemaValidatorsConfig STRICT =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private final ObjectNode document;
  private final List<Path> paths = new ArrayList<>();
  private final Map<JsonNode, JsonSchema> schemas = new ConcurrentHashMap<>();

  private record Path(String template, Pattern pattern) {}

  private ApiContract(ObjectNode document) {
    this.document = document;
    document
        .withObject("/paths")
        .fieldNames()
        .forEachRemaining(
            template ->
                paths.add(
                    new Path(
                        template,
                        Pattern.compile("/api/v1" + template.replaceAll("\\{\\w+}", "[^/]+")))));
  }

  /// Reads it.
  ///
  /// @param document as it is served
  public static ApiContract of(String document) {
    try {
      return new ApiContract((ObjectNode) MAPPER.readTree(document));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /// The operation of a request, if it is one.
  public Optional<JsonNode> operation(String method, String target) {
    String path = target.replaceAll("\\?.*", "");
    String name = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    return paths.stream()
        .filter(candidate -> candidate.pattern().matcher(path).matches())
        .map(candidate -> document.path("paths").path(candidate.template()).path(name))
        .filter(JsonNode::isObject)
        .findFirst();
  }

  /// Fails when an answer is not what was promised.
  ///
  /// @param sent body of the request, or null
  public void check(
      String method, String target, @Nullable String sent, HttpResponse<String> answer) {
    Optional<JsonNode> operation = operation(method, target);
    if (operation.isEmpty()) {
      return; // pages, preflights and what is refused because it is no operation
    }
    String asked = "%s %s: %d".formatted(method, target, answer.statusCode());
    JsonNode promised =
        resolved(operation.get().path("responses").path(Integer.toString(answer.statusCode())));
    assertThat(promised.isObject()).as("%s is documented; %s", asked, answer.body()).isTrue();
    promised
        .path("headers")
        .fieldNames()
        .forEachRemaining(
            name ->
                assertThat(answer.headers().firstValue(name)).as("%s %s", asked, name).isPresent());
    if (!answer.body().isEmpty()) {
      String type = answer.headers().firstValue("Content-Type").orElse("none");
      JsonNode content = promised.path("content").path(type);
      assertThat(content.isObject()).as("%s is documented as %s", asked, type).isTrue();
      assertValid(asked, content.path("schema"), answer.body());
    } else if (!method.equals("HEAD")) {
      assertThat(promised.has("content")).as("%s has a body", asked).isFalse();
    }
    if (sent != null && answer.statusCode() < 300) {
      JsonNode body = operation.get().path("requestBody").path("content").path("application/json");
      if (!sent.equals("{}") || body.isObject()) {
        assertValid(asked + " of the body", body.path("schema"), sent);
      }
    }
  }

  private void assertValid(String what, JsonNode schema, String json) {
    JsonNode value;
    try {
      value = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(what, e);
    }
    assertThat(schemas.computeIfAbsent(schema, this::compiled).validate(value)).as(what).isEmpty();
  }

  private JsonSchema compiled(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components").deepCopy());
    close(whole);
    return SCHEMAS.getSchema(whole, STRICT);
  }

  /// Lets no object have more than what is documented.
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiContract::close);
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }
}
