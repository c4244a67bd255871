package nova.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The table at the end of a run.
///
/// *Confined to its creator's thread.*
final class Report {
  private final Map<Bench, List<Figure>> results = new LinkedHashMap<>();

  void add(Bench bench, List<Figure> figures) {
    results.put(bench, List.copyOf(figures));
  }

  /// The report as text for a terminal of 110 columns.
  String render(MachineFacts machine) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(machine.lines());
    results.forEach(
        (bench, figures) -> {
          lines.add("");
          lines.add(bench.name() + ": " + bench.load());
          figures.forEach(figure -> lines.add(row(figure)));
        });
    long over =
        results.values().stream()
            .flatMap(List::stream)
            .filter(figure -> figure.verdict() == Figure.Verdict.OVER)
            .count();
    lines.add("");
    if (results.isEmpty()) {
      lines.add("nothing was measured");
      return String.join("\n", lines);
    }
    lines.add(over == 0 ? "all within budget" : over + " over budget");
    return String.join("\n", lines);
  }

  private static String row(Figure figure) {
    String verdict =
        switch (figure.verdict()) {
          case OK -> "ok";
          case OVER -> "OVER";
          case NO_BUDGET -> "";
        };
    return String.format(
            Locale.ROOT,
            "  %-62s %18s  %-14s %s",
            figure.what(),
            figure.measured(),
            figure.budget(),
            verdict)
        .stripTrailing();
  }
}
