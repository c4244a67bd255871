package nova.delivery;

import java.time.InstantSource;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.segments.MediaSource;
import nova.segments.TimelineStore;

/// What delivery needs from the rest of the process. Timelines are at hand; media may have to be
/// fetched from elsewhere. What viewers do is published to `events`.
///
/// *Thread-safe.*
public record DeliveryPorts(
    MediaSource media,
    TimelineStore timelines,
    PlaybackGate gate,
    ViewerRegistry viewers,
    StreamEvents events,
    DeliveryMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock) {}
