package nova.app;

import java.time.Duration;
import nova.app.metrics.DeliveryMeters;
import nova.app.playback.TokenGate;
import nova.control.database.RepeatedTask;
import nova.control.playback.PlaybackRights;
import nova.core.StreamEvents;
import nova.delivery.DeliveryPorts;
import nova.delivery.ViewerRegistry;
import nova.delivery.ViewerSessions;
import nova.delivery.http.Delivery;
import nova.segments.MediaSource;
import nova.segments.TimelineStore;

/// Opens the delivery stage.
final class DeliveryWiring {
  private static final Duration TELL_EVERY = Duration.ofSeconds(1);

  private DeliveryWiring() {}

  /// Opens it, and begins to tell who watches.
  static Delivery open(
      Foundation foundation,
      MediaSource media,
      TimelineStore timelines,
      PlaybackRights rights,
      ViewerRegistry viewers,
      StreamEvents events) {
    Delivery delivery =
        foundation
            .lifecycle()
            .own(
                "delivery",
                Delivery.open(
                    foundation.config().delivery(),
                    new DeliveryPorts(
                        media,
                        timelines,
                        new TokenGate(rights),
                        viewers,
                        events,
                        new DeliveryMeters(foundation.metrics()),
                        foundation.clock(),
                        foundation.nanoClock())));
    ViewerSessions sessions = delivery.viewers();
    AutoCloseable _ =
        foundation
            .lifecycle()
            .own(
                "telling of viewers",
                RepeatedTask.start(
                    "viewers",
                    TELL_EVERY,
                    TELL_EVERY,
                    sessions::tell,
                    Thread.ofVirtual().factory()));
    foundation
        .metrics()
        .gauge(
            "nova.delivery.viewers.identified",
            "Viewers whose players name their sessions.",
            "",
            sessions,
            ViewerSessions::identified);
    foundation
        .metrics()
        .gauge(
            "nova.delivery.viewers.estimated",
            "Other viewers, told apart by address and player.",
            "",
            sessions,
            ViewerSessions::estimated);
    return delivery;
  }
}
