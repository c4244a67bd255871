package nova.ingest.connection;

import java.time.InstantSource;
import nova.core.NanoClock;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.IngestMetrics;
import nova.ingest.publish.LiveStreams;
import nova.ingest.publish.PublishAuthorizer;

/// What all connections of a server share.
///
/// *Immutable.*
public record ConnectionPorts(
    RtmpLimits limits,
    ConnectionTimeouts timeouts,
    AddressLimits addresses,
    PublishAuthorizer authorizer,
    LiveStreams streams,
    IngestMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock) {}
