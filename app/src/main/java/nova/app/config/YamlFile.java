package nova.app.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.app.error.StartupException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/// A configuration file, flattened to dotted keys.
final class YamlFile {
  private static final long MAX_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, ConfigValue> values = new LinkedHashMap<>();

  private YamlFile(Path file) {
    this.file = file;
  }

  /// @throws StartupException when it cannot be read or is not a mapping of keys to values
  static Map<String, ConfigValue> read(Path file) {
    YamlFile yaml = new YamlFile(file);
    JsonNode root = yaml.parse(yaml.text());
    if (root.isObject()) {
      yaml.flatten("", root);
    } else if (!root.isMissingNode() && !root.isNull()) {
      throw new StartupException(
          "configuration file %s holds a single value or a list (expected: keys and values such as `rtmp:` with `port: 1935` indented below it)"
              .formatted(file));
    }
    return Map.copyOf(yaml.values);
  }

  private String text() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new StartupException(
            "configuration file %s has %d bytes (expected: at most %d)"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new StartupException(
          "configuration file %s does not exist; check the path given with --config"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new StartupException(
          "configuration file %s cannot be read as text: %s".formatted(file, reason(e)), e);
    }
  }

  private JsonNode parse(String text) {
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try {
      return new ObjectMapper(yaml).readTree(text);
    } catch (JsonProcessingException e) {
      throw new StartupException(
          "configuration file %s%s is not valid YAML: %s".formatted(file, where(e), what(e)), e);
    }
  }

  private void flatten(String prefix, JsonNode mapping) {
    for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
      String path = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
      JsonNode node = entry.getValue();
      if (node.isObject()) {
        flatten(path, node);
      } else if (node.isArray()) {
        values.put(path, ConfigValue.ofList(scalars(path, node), file.toString()));
      } else {
        values.put(path, ConfigValue.of(scalar(path, node), file.toString()));
      }
    }
  }

  private List<String> scalars(String path, JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array) {
      texts.add(scalar(path, item));
    }
    return texts;
  }

  private String scalar(String path, JsonNode node) {
    if (!node.isValueNode() || node.isNull()) {
      throw new StartupException(
          "%s in %s has no plain value (expected: text, a number, true or false)"
              .formatted(path, file));
    }
    return node.asText();
  }

  private static String where(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      Mark mark = marked.getProblemMark(); // Jackson knows only where the token before it began
      return ", line %d, column %d,".formatted(mark.getLine() + 1, mark.getColumn() + 1);
    }
    JsonLocation location = e.getLocation();
    return location == null
        ? ""
        : ", line %d, column %d,".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static String what(JsonProcessingException e) {
    String problem =
        e.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null
            ? marked.getProblem()
            : e.getOriginalMessage();
    if (problem.contains("org.yaml.")) { // the parser tells what it met as an object of its own
      return "a list or a mapping stands where a plain value belongs (expected: `key: value`)";
    }
    return problem.replaceAll("\\s+", " ");
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException coding -> "it is not UTF-8";
      default -> String.valueOf(e.getMessage());
    };
  }
}
