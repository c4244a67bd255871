package nova.api.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The document of all operations, put together of one file for each kind of thing.
///
/// Spec: OpenAPI 3.1.0. *Immutable.*
public final class ApiDocument {
  private static final String SHARED = "nova.yaml";

  /// In the order in which they are shown.
  private static final List<String> PARTS =
      List.of(
          "playback.yaml",
          "channels.yaml",
          "stream-keys.yaml",
          "streams.yaml",
          "quality-levels.yaml",
          "tokens.yaml",
          "audit.yaml",
          "system.yaml");

  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete");

  /// What may happen to every request with a token, and to every one with a body.
  private static final Map<String, String> OF_TOKENS =
      Map.of(
          "400", "BadRequest",
          "401", "Unauthorized",
          "403", "Forbidden",
          "429", "TooManyRequests",
          "500", "Failed",
          "503", "Unavailable");

  private static final Map<String, String> OF_BODIES =
      Map.of("408", "RequestTimeout", "413", "BodyTooLarge", "415", "NotJson");

  private final Buffer json;

  private ApiDocument(Buffer json) {
    this.json = json;
  }

  /// Reads it from the class path.
  ///
  /// @param pathPrefix the path below which clients see this server, empty or starting with `/`
  public static ApiDocument load(String pathPrefix) {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode document = mapper.valueToTree(yaml(SHARED));
    document.withArray("/servers").removeAll().addObject().put("url", pathPrefix + "/api/v1");
    for (String part : PARTS) {
      ObjectNode added = mapper.valueToTree(yaml(part));
      add(part, document.withObject("/paths"), added.withObject("/paths"));
      add(
          part,
          document.withObject("/components/schemas"),
          added.withObject("/components/schemas"));
    }
    for (JsonNode path : document.withObject("/paths")) {
      addCommonAnswers(path);
      passOnParameters((ObjectNode) path);
    }
    try {
      return new ApiDocument(Buffer.buffer(mapper.writeValueAsBytes(document)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document of the API cannot be written", e);
    }
  }

  /// As it is served; never written to.
  public Buffer json() {
    return json;
  }

  private static void add(String part, ObjectNode all, ObjectNode added) {
    for (Map.Entry<String, JsonNode> entry : added.properties()) {
      if (all.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
        throw new IllegalStateException(
            "%s has %s, as another part of the API's document".formatted(part, entry.getKey()));
      }
    }
  }

  private static void addCommonAnswers(JsonNode path) {
    for (Map.Entry<String, JsonNode> entry : path.properties()) {
      if (METHODS.contains(entry.getKey()) && !entry.getValue().has("security")) {
        ObjectNode answers = entry.getValue().withObject("/responses");
        Map<String, JsonNode> all = new TreeMap<>();
        answers.properties().forEach(answer -> all.put(answer.getKey(), answer.getValue()));
        OF_TOKENS.forEach((status, name) -> all.put(status, reference(answers, name)));
        if (entry.getKey().equals("post") || entry.getKey().equals("patch")) {
          OF_BODIES.forEach((status, name) -> all.put(status, reference(answers, name)));
        }
        answers.removeAll().setAll(all);
      }
    }
  }

  /// Gives the parameters of a path to each of its operations: Swagger UI does not resolve those of
  /// paths when they are references.
  private static void passOnParameters(ObjectNode path) {
    JsonNode common = path.remove("parameters");
    if (common == null) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : path.properties()) {
      ArrayNode own = ((ObjectNode) entry.getValue()).withArray("/parameters");
      int at = 0;
      for (JsonNode parameter : common) {
        own.insert(at++, parameter);
      }
    }
  }

  private static JsonNode reference(ObjectNode sibling, String name) {
    return sibling.objectNode().put("$ref", "#/components/responses/" + name);
  }

  private static Map<String, Object> yaml(String name) {
    try (@Nullable InputStream in = ApiDocument.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "%s is missing from the program; build it again".formatted(name));
      }
      return new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
