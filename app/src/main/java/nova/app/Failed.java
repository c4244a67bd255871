package nova.app;

import nova.core.StreamEvent;
import nova.segments.TimelineSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator of mistakes in our own code that nobody else would hear of.
final class Failed {
  private static final Logger log = LoggerFactory.getLogger(Failed.class);

  private Failed() {}

  static void subscriber(StreamEvent event, Throwable failure) {
    log.atError()
        .addKeyValue("stream", event.stream())
        .addKeyValue("event", event.getClass().getSimpleName())
        .setCause(failure)
        .log("a subscriber of stream events failed");
  }

  static void listener(TimelineSnapshot snapshot, Throwable failure) {
    log.atError()
        .addKeyValue("stream", snapshot.stream())
        .setCause(failure)
        .log("a listener of timelines failed");
  }
}
