package nova.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The members of a JSON object that a client sent. What is not as expected ends the request with a
/// problem that points at it; nothing is converted, guessed or skipped.
///
/// *Immutable.*
public final class JsonFields {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_NUMBER = 32;

  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final ObjectNode object;

  private JsonFields(ObjectNode object) {
    this.object = object;
  }

  /// Of a body without any.
  static JsonFields none() {
    return new JsonFields(JsonNodeFactory.instance.objectNode());
  }

  /// @throws ProblemException when the bytes are not one JSON object of reasonable depth and text
  static JsonFields parse(Buffer bytes) {
    JsonNode root;
    try {
      root = READER.readTree(bytes.getBytes());
    } catch (JsonProcessingException e) {
      throw new ProblemException(
          Problem.badRequest("malformed-json", "The body is not JSON: " + said(e)));
    } catch (IOException e) {
      throw new UncheckedIOException("reading memory failed", e);
    }
    if (!(root instanceof ObjectNode object)) {
      throw invalid("", "The body is %s (expected: an object).".formatted(kind(root)));
    }
    requirePlainText("", object);
    return new JsonFields(object);
  }

  /// Refuses members that are none of these.
  public JsonFields only(String... names) {
    Set<String> known = Set.of(names);
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!known.contains(member.getKey())) {
        throw invalid(
            pointer("", member.getKey()),
            known.isEmpty()
                ? "There is no such field (expected: none)."
                : "There is no such field (expected: %s)."
                    .formatted(known.stream().sorted().collect(Collectors.joining(", "))));
      }
    }
    return this;
  }

  /// Whether there is nothing to change.
  public boolean isEmpty() {
    return object.isEmpty();
  }

  /// Text of at most `longest` characters.
  public Optional<String> text(String name, int longest) {
    return member(name).map(node -> text(pointer("", name), node, longest));
  }

  /// Text that must be there.
  public String requiredText(String name, int longest) {
    return text(name, longest).orElseThrow(() -> missing(name, "text"));
  }

  /// Text that names one of several things.
  ///
  /// @param reader empty for what is none of them
  /// @param expected them, for people
  public <T> Optional<T> oneOf(String name, Function<String, Optional<T>> reader, String expected) {
    return member(name)
        .map(
            node -> {
              String pointer = pointer("", name);
              if (!node.isTextual()) {
                throw wrongType(pointer, node, expected);
              }
              return reader
                  .apply(node.textValue())
                  .orElseThrow(
                      () ->
                          invalid(pointer, "%s is none (expected: %s).".formatted(name, expected)));
            });
  }

  /// As [#oneOf], and it must be there.
  public <T> T requiredOneOf(String name, Function<String, Optional<T>> reader, String expected) {
    return oneOf(name, reader, expected).orElseThrow(() -> missing(name, expected));
  }

  public Optional<Boolean> flag(String name) {
    return member(name)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw wrongType(pointer("", name), node, "true or false");
              }
              return node.booleanValue();
            });
  }

  /// A whole number within a range.
  public Optional<Long> number(String name, long least, long most) {
    return member(name)
        .map(
            node -> {
              String expected = "a whole number from %d to %d".formatted(least, most);
              if (!node.isIntegralNumber()) {
                throw wrongType(pointer("", name), node, expected);
              }
              if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
                throw invalid(
                    pointer("", name),
                    "%s is out of range (expected: %s).".formatted(name, expected));
              }
              return node.longValue();
            });
  }

  /// As [#number], and it must be there.
  public long requiredNumber(String name, long least, long most) {
    return number(name, least, most)
        .orElseThrow(() -> missing(name, "a whole number from %d to %d".formatted(least, most)));
  }

  public Optional<Instant> time(String name) {
    return oneOf(name, Times::parse, "a time such as 2026-11-22T16:00:00Z");
  }

  /// A list of texts.
  ///
  /// @param most of them
  /// @param longest characters of each
  public Optional<List<String>> texts(String name, int most, int longest) {
    return member(name)
        .map(
            node -> {
              String pointer = pointer("", name);
              if (!node.isArray()) {
                throw wrongType(pointer, node, "a list of text");
              }
              if (node.size() > most) {
                throw invalid(
                    pointer,
                    "%s has %d items (expected: at most %d).".formatted(name, node.size(), most));
              }
              List<String> texts = new ArrayList<>(node.size());
              for (int i = 0; i < node.size(); i++) {
                texts.add(text(pointer + "/" + i, node.get(i), longest));
              }
              return List.copyOf(texts);
            });
  }

  private Optional<JsonNode> member(String name) {
    return Optional.ofNullable(object.get(name));
  }

  private static String text(String pointer, JsonNode node, int longest) {
    if (!node.isTextual()) {
      throw wrongType(pointer, node, "text");
    }
    String text = node.textValue();
    int length = text.codePointCount(0, text.length());
    if (length > longest) {
      throw invalid(
          pointer, "The text has %d characters (expected: at most %d).".formatted(length, longest));
    }
    return text;
  }

  /// NUL and halves of surrogate pairs are text in JSON and in no database.
  private static void requirePlainText(String pointer, JsonNode node) {
    if (node.isTextual() && !PlainText.isPlain(node.textValue())) {
      throw invalid(pointer, "The text has a NUL or half a character (expected: neither).");
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!PlainText.isPlain(member.getKey())) {
        throw invalid(pointer, "A name has a NUL or half a character (expected: neither).");
      }
      requirePlainText(pointer(pointer, member.getKey()), member.getValue());
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        requirePlainText(pointer + "/" + i, node.get(i));
      }
    }
  }

  private static String said(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return "%s (line %d, column %d)"
        .formatted(
            message == null ? "it ends too early" : message.replaceAll("\\R.*", ""),
            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
            e.getLocation() == null ? 1 : e.getLocation().getColumnNr());
  }

  private static ProblemException missing(String name, String expected) {
    return invalid(pointer("", name), "%s is missing (expected: %s).".formatted(name, expected));
  }

  private static ProblemException wrongType(String pointer, JsonNode node, String expected) {
    return invalid(pointer, "The value is %s (expected: %s).".formatted(kind(node), expected));
  }

  private static ProblemException invalid(String pointer, String sentence) {
    return new ProblemException(Problem.invalidField(pointer, sentence));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT, POJO -> "an object";
      case ARRAY -> "a list";
      case STRING, BINARY -> "text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case MISSING -> "nothing";
    };
  }

  /// Spec: RFC 6901 §3.
  private static String pointer(String parent, String name) {
    return parent + "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
