package nova.backends.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The fields of a JSON object that must be there. One that is not, or is of another kind, is an
/// [IllegalArgumentException] that says what was expected.
///
/// *Immutable.*
///
/// @param json an object
public record Fields(JsonNode json) {
  public Fields {
    if (!json.isObject()) {
      throw new IllegalArgumentException("%s (expected: an object)".formatted(json.getNodeType()));
    }
  }

  public boolean has(String name) {
    return json.hasNonNull(name);
  }

  public String text(String name) {
    return required(name, json.path(name).isTextual(), "a text").textValue();
  }

  public boolean truth(String name) {
    return required(name, json.path(name).isBoolean(), "true or false").booleanValue();
  }

  public long number(String name) {
    return required(name, json.path(name).canConvertToExactIntegral(), "a whole number")
        .longValue();
  }

  public int smallNumber(String name) {
    return required(
            name,
            json.path(name).canConvertToExactIntegral() && json.path(name).canConvertToInt(),
            "a whole number of 32 bits")
        .intValue();
  }

  public double real(String name) {
    return required(name, json.path(name).isNumber(), "a number").doubleValue();
  }

  public Instant instant(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("%s (expected: a time)".formatted(name), e);
    }
  }

  public UUID uuid(String name) {
    return UUID.fromString(text(name));
  }

  public Fields fields(String name) {
    return new Fields(required(name, json.path(name).isObject(), "an object"));
  }

  public List<JsonNode> list(String name) {
    List<JsonNode> items = new ArrayList<>();
    required(name, json.path(name).isArray(), "a list").forEach(items::add);
    return items;
  }

  public List<String> texts(String name) {
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
