package nova.delivery;

import java.time.InstantSource;
import nova.core.NanoClock;
import nova.segments.MediaSource;
import nova.segments.TimelineStore;

/// What delivery needs from the rest of the process. Timelines are at hand; media may have to be
/// fetched from elsewhere.
///
/// *Thread-safe.*
public record DeliveryPorts(
    MediaSource media,
    TimelineStore timelines,
    PlaybackGate gate,
    ViewerRegistry viewers,
    DeliveryMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock) {}
