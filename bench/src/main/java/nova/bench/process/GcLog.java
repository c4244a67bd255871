package nova.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The log that `-Xlog:gc:file=…` writes.
///
/// *Immutable.*
public record GcLog(Path file) {
  // [12.345s][info][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 24M->5M(64M) 2.345ms
  private static final Pattern PAUSE =
      Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(\\d+M\\) ([0-9.]+)ms$");

  /// One stop of the application.
  ///
  /// @param heapAfterMib what is alive, and what the pause left to a later one
  public record Pause(double durationMs, double heapAfterMib) {}

  /// All pauses since the start, in order.
  public List<Pause> pauses() throws IOException {
    return Files.readAllLines(file).stream()
        .map(PAUSE::matcher)
        .filter(Matcher::find)
        .map(m -> new Pause(Double.parseDouble(m.group(3)), Double.parseDouble(m.group(2))))
        .toList();
  }

  /// The heap left by the newest pause, if there was one.
  public OptionalDouble heapAfterLastPauseMib() throws IOException {
    List<Pause> pauses = pauses();
    return pauses.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(pauses.getLast().heapAfterMib());
  }
}
