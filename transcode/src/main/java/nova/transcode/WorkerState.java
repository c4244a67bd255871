package nova.transcode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether workers can be had on this machine; says once when not.
///
/// *Thread-safe.*
final class WorkerState {
  private static final Logger log = LoggerFactory.getLogger(WorkerState.class);

  private @Nullable String missing;

  WorkerState(WorkerProgram program) {
    if (program instanceof WorkerProgram.Missing(String reason)) {
      missing(reason);
    }
  }

  /// Why there are none, or null when there are.
  synchronized @Nullable String missing() {
    return missing;
  }

  /// It turned out that there are none.
  synchronized void missing(String reason) {
    if (missing == null) {
      missing = reason;
      log.atWarn().log("streams have only their source: {}", reason);
    }
  }
}
