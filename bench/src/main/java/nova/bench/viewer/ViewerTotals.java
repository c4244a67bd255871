package nova.bench.viewer;

import java.util.ArrayList;
import java.util.List;

/// What all viewers of a loop have received.
///
/// *Confined to its loop's thread.*
final class ViewerTotals {
  private static final int KEPT_FAILURES = 5;

  private long responses;
  private long mediaBytes;
  private int withdrawnHints;
  private int failures;
  private final List<String> firstFailures = new ArrayList<>();

  void addResponse() {
    responses++;
  }

  void addMedia(long bytes) {
    mediaBytes += bytes;
  }

  void addWithdrawnHint() {
    withdrawnHints++;
  }

  void addFailure(String what) {
    failures++;
    if (firstFailures.size() < KEPT_FAILURES) {
      firstFailures.add(what);
    }
  }

  long responses() {
    return responses;
  }

  long mediaBytes() {
    return mediaBytes;
  }

  int withdrawnHints() {
    return withdrawnHints;
  }

  int failures() {
    return failures;
  }

  List<String> firstFailures() {
    return List.copyOf(firstFailures);
  }
}
