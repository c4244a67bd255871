package nova.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a command prints: tables for people, or what the API answered for programs.
///
/// *Immutable.*
///
/// @param json as the API answered
record Output(boolean json) {
  private static final String GAP = "  ";

  /// A list.
  ///
  /// @param rows of the answer
  /// @param columns fields of a row, which name the columns too
  void table(JsonNode answer, JsonNode rows, String... columns) {
    if (json) {
      System.out.println(answer.toPrettyString());
      return;
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(Arrays.stream(columns).map(Output::heading).toList());
    rows.forEach(row -> lines.add(Arrays.stream(columns).map(name -> text(row, name)).toList()));
    int[] widths = new int[columns.length];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    lines.forEach(line -> System.out.println(aligned(line, widths)));
  }

  /// One thing, a line per field.
  void fields(JsonNode answer, String... names) {
    if (json) {
      System.out.println(answer.toPrettyString());
      return;
    }
    int width = Arrays.stream(names).mapToInt(String::length).max().orElse(0);
    for (String name : names) {
      if (answer.hasNonNull(name)) {
        System.out.println(padded(name, width) + GAP + text(answer, name));
      }
    }
  }

  /// What other programs read from a pipe, alone on its line.
  void line(JsonNode answer, String text) {
    System.out.println(json ? answer.toPrettyString() : text);
  }

  /// What the API refused, for programs; people get a sentence.
  void refused(JsonNode problem) {
    if (json) {
      System.out.println(problem.toPrettyString());
    }
  }

  /// What was done with no answer: nothing is left to tell of it.
  void done(JsonNode answer, String sentence) {
    if (json) {
      System.out.println(answer.toPrettyString());
    }
    say(sentence);
  }

  /// A word to the person, which is no result.
  void say(String sentence) {
    System.err.println("nova: " + sentence);
  }

  private static String aligned(List<String> line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      text.append(i == 0 ? "" : GAP).append(padded(line.get(i), widths[i]));
    }
    return text.toString().stripTrailing();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  /// `createdAt` is `CREATED AT`.
  private static String heading(String field) {
    return field.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
  }

  /// Without control characters: titles come from people, and terminals obey them, also those of
  /// C1, such as U+009B.
  static String printable(String text) {
    return text.replaceAll("\\p{Cc}", "?");
  }

  private static String text(JsonNode row, String name) {
    JsonNode value = row.path(name);
    String text;
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(part.asText()));
      text = parts.stream().collect(Collectors.joining(", "));
    } else if (value.isObject()) {
      text =
          value
              .propertyStream()
              .map(field -> field.getKey() + " " + field.getValue().asText())
              .collect(Collectors.joining(", "));
    } else {
      text = value.asText("");
    }
    String shown = printable(text);
    return shown.isEmpty() ? "-" : shown;
  }
}
