package nova.control.streamkey;

import java.time.Instant;

/// When a stream key last let somebody publish, and from where.
///
/// *Immutable.*
///
/// @param address of the publisher, as text
public record KeyUse(Instant at, String address) {}
