package nova.ingest.connection;

import java.time.Duration;

/// How long a connection waits for its peer.
///
/// *Immutable.*
///
/// @param publish from connect, or from the end of a broadcast, until publish; also for the
///   decision about a key
/// @param silence without media until a broadcast counts as lost
public record ConnectionTimeouts(Duration publish, Duration silence) {}
