package nova.delivery;

import java.time.InstantSource;
import nova.core.NanoClock;
import nova.segments.PosterStore;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;

/// What delivery needs from the rest of the process.
///
/// *Thread-safe.*
public record DeliveryPorts(
    SegmentStore segments,
    TimelineStore timelines,
    PosterStore posters,
    PlaybackGate gate,
    DeliveryMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock) {}
