package nova.ingest.publish;

import java.time.Duration;

/// How long a stream waits for its broadcaster, and how often the same key may take over.
///
/// *Immutable.*
///
/// @param grace from the loss of the connection until the stream is over
/// @param takeoversPerMinute by the same key, while the connection before still stands
/// @param keepLog how long the log of a stream that is over remains for its last readers
public record ReturnPolicy(Duration grace, int takeoversPerMinute, Duration keepLog) {}
