package nova.control.streamkey;

import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// A stream key, valid or not, and what it opens.
///
/// *Immutable.*
///
/// @param prepared the stream that the channel's next broadcast is to be, if one was prepared
public record KnownKey(ChannelKey key, ChannelSlug channel, Optional<StreamId> prepared) {}
