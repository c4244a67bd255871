package nova.ingest.publish;

import java.time.Instant;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// A stream that a node claimed, as that node left it.
///
/// *Immutable.*
///
/// @param startedAt when it began
/// @param node which had it, for people
/// @param token of the claim; one that was taken since has another
/// @param renewedAt when that node spoke of it last
/// @param status as it said then
public record ClaimedStream(
    ChannelSlug channel,
    StreamId stream,
    Instant startedAt,
    String node,
    long token,
    Instant renewedAt,
    ClaimStatus status) {}
