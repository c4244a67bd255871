package nova.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What came of a failure.
///
/// *Immutable.*
///
/// @param measured for the table
/// @param wrong what should not have been; empty when all was as expected
/// @param tried whether it could be caused here at all
record Outcome(String measured, List<String> wrong, boolean tried) {
  Outcome {
    wrong = List.copyOf(wrong);
  }

  /// With what was wrong since the last outcome with the numbers and the media of any rendition.
  static Outcome of(Scene scene, String measured, List<String> wrong)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(wrong);
    if (!scene.goesOn()) {
      all.add("the stream does not go on");
    }
    all.addAll(scene.newProblems());
    scene.changed().forEach(path -> all.add(path + " changed"));
    return new Outcome(measured, all, true);
  }

  /// As [#of], of a failure that players notice by a stall at most.
  static Outcome ofStall(Scene scene, double seconds, double limit)
      throws IOException, InterruptedException {
    return of(scene, "stall " + seconds(seconds), longer("stall", seconds, limit));
  }

  /// Something was in the way that says nothing of the cluster, such as a program that is missing.
  static Outcome notTried(String why) {
    return new Outcome(why, List.of(), false);
  }

  /// The story ended early.
  static Outcome failed(Exception why) {
    return new Outcome("-", List.of("it could not be tried: " + why.getMessage()), true);
  }

  /// What is wrong when something takes longer than it may.
  static List<String> longer(String what, double seconds, double limit) {
    return seconds <= limit
        ? List.of()
        : List.of(String.format(Locale.ROOT, "%s %.1f s (expected: %.1f)", what, seconds, limit));
  }

  /// What is wrong with a process that was asked to end.
  static List<String> exit(int code) {
    return code == 0 ? List.of() : List.of("exit code " + code);
  }

  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  boolean asExpected() {
    return wrong.isEmpty();
  }

  /// For the last column of the table.
  String verdict() {
    if (!tried) {
      return "not tried";
    }
    return asExpected() ? "yes" : "NO: " + String.join("; ", wrong);
  }
}
