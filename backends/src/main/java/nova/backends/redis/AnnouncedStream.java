package nova.backends.redis;

import java.time.Instant;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// A stream whose frames are arriving somewhere, or may again.
///
/// *Immutable.*
public record AnnouncedStream(StreamId stream, ChannelSlug channel, Instant startedAt) {}
