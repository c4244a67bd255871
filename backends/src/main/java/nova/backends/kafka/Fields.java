package nova.backends.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The fields of a JSON object that must be there.
///
/// *Immutable.*
///
/// @param json an object
record Fields(JsonNode json) {
  Fields {
    if (!json.isObject()) {
      throw new IllegalArgumentException("%s (expected: an object)".formatted(json.getNodeType()));
    }
  }

  boolean has(String name) {
    return json.hasNonNull(name);
  }

  String text(String name) {
    return required(name, json.path(name).isTextual(), "a text").textValue();
  }

  boolean truth(String name) {
    return required(name, json.path(name).isBoolean(), "true or false").booleanValue();
  }

  long number(String name) {
    return required(name, json.path(name).canConvertToExactIntegral(), "a whole number")
        .longValue();
  }

  int smallNumber(String name) {
    return required(
            name,
            json.path(name).canConvertToExactIntegral() && json.path(name).canConvertToInt(),
            "a whole number of 32 bits")
        .intValue();
  }

  double real(String name) {
    return required(name, json.path(name).isNumber(), "a number").doubleValue();
  }

  Instant instant(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("%s (expected: a time)".formatted(name), e);
    }
  }

  UUID uuid(String name) {
    return UUID.fromString(text(name));
  }

  Fields fields(String name) {
    return new Fields(required(name, json.path(name).isObject(), "an object"));
  }

  List<JsonNode> list(String name) {
    List<JsonNode> items = new ArrayList<>();
    required(name, json.path(name).isArray(), "a list").forEach(items::add);
    return items;
  }

  List<String> texts(String name) {
    return list(name).stream()
        .map(
            item -> {
              if (!item.isTextual()) {
                throw new IllegalArgumentException("%s (expected: texts)".formatted(name));
              }
              return item.textValue();
            })
        .toList();
  }

  private JsonNode required(String name, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException("%s (expected: %s)".formatted(name, expected));
    }
    return json.path(name);
  }
}
