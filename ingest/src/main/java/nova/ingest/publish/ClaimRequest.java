package nova.ingest.publish;

import java.time.Instant;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// A publisher that wants its channel.
///
/// *Immutable.*
///
/// @param fresh the id of the stream that begins when there is none to go on with
/// @param now when it would begin
/// @param key with which it publishes, if that has an id
/// @param remoteAddress of the publisher, for the sentence that its predecessor is told
/// @param takeoversPerMinute from a publisher that is there; from one that is gone they are free
public record ClaimRequest(
    ChannelSlug channel,
    StreamId fresh,
    Instant now,
    Optional<StreamKeyId> key,
    String remoteAddress,
    int takeoversPerMinute) {}
