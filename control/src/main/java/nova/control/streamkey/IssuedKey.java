package nova.control.streamkey;

import nova.core.ChannelSlug;

/// A new stream key, for the only time with its secret.
///
/// *Immutable.*
public record IssuedKey(ChannelKey key, ChannelSlug channel, StreamSecret secret) {}
