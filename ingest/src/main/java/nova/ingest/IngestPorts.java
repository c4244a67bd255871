package nova.ingest;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.IngestMetrics;
import nova.ingest.publish.PublishAuthorizer;

/// What ingest needs from outside.
///
/// *Immutable.*
///
/// @param random makes stream ids, so it must be secure; used by several threads
/// @param blocking runs what may wait for another process, such as opening a stream's log; each
///   task at once, whatever the others do
public record IngestPorts(
    FrameLog frameLog,
    ChannelClaims claims,
    StreamEvents events,
    PublishAuthorizer authorizer,
    IngestMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock,
    RandomGenerator random,
    Executor blocking) {}
