package nova.app.config;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nova.core.DataSize;

/// The types a setting may have, and how each is spelled.
enum SettingType {
  INT("whole number"),
  LONG("whole number"),
  DOUBLE("number"),
  BOOLEAN("true or false"),
  TEXT("text"),
  DURATION("duration"),
  SIZE("size"),
  LIST("list of text");

  private final String label;

  SettingType(String label) {
    this.label = label;
  }

  /// The name used in docs/configuration.md.
  String label() {
    return label;
  }

  /// The type of a record component; empty when it is a nested record.
  static Optional<SettingType> of(Class<?> raw, Type generic) {
    if (raw.isRecord() && raw != DataSize.class) {
      return Optional.empty();
    }
    if (raw == int.class) {
      return Optional.of(INT);
    } else if (raw == long.class) {
      return Optional.of(LONG);
    } else if (raw == double.class) {
      return Optional.of(DOUBLE);
    } else if (raw == boolean.class) {
      return Optional.of(BOOLEAN);
    } else if (raw == String.class) {
      return Optional.of(TEXT);
    } else if (raw == Duration.class) {
      return Optional.of(DURATION);
    } else if (raw == DataSize.class) {
      return Optional.of(SIZE);
    } else if (generic.getTypeName().equals("java.util.List<java.lang.String>")) {
      return Optional.of(LIST);
    }
    throw new IllegalStateException("a setting cannot have the type " + generic.getTypeName());
  }

  /// Reads a value of this type.
  ///
  /// @throws IllegalArgumentException whose message says what was expected
  Object parse(ConfigValue value) {
    if (this == LIST) {
      return value.isList() ? value.texts() : split(value.texts().getFirst());
    }
    if (value.isList()) {
      throw new IllegalArgumentException("a single " + label);
    }
    String text = value.texts().getFirst().strip();
    return switch (this) {
      case INT, LONG -> wholeNumber(text);
      case DOUBLE -> number(text);
      case BOOLEAN -> truth(text);
      case TEXT -> text;
      case DURATION -> Durations.parse(text);
      case SIZE -> size(text);
      case LIST -> throw new IllegalStateException("lists are read above");
    };
  }

  /// Lists in variables and defaults are separated by commas.
  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::trim)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private Object wholeNumber(String text) {
    try {
      return this == INT ? (Object) Integer.valueOf(text) : (Object) Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
  }

  private static Object number(String text) {
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number", e);
    }
    throw new IllegalArgumentException("a number");
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static Object size(String text) {
    try {
      return DataSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a number and B, KiB, MiB or GiB, such as 64MiB", e);
    }
  }
}
