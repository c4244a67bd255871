package nova.control.metric;

import java.time.Instant;
import java.util.Optional;
import nova.core.StreamHealth;
import nova.core.StreamId;

/// What was measured of a stream at one moment.
///
/// *Immutable.*
///
/// @param health but for its advice, which is not kept
/// @param audience empty where viewers are not counted
public record StreamMetric(
    StreamId stream, Instant at, StreamHealth health, Optional<Audience> audience) {}
