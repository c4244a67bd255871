package nova.ingest;

import java.time.InstantSource;
import java.util.random.RandomGenerator;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.ingest.publish.IngestMetrics;
import nova.ingest.publish.PublishAuthorizer;

/// What ingest needs from outside.
///
/// *Immutable.*
///
/// @param random makes stream ids, so it must be secure; used by several threads
public record IngestPorts(
    FrameLog frameLog,
    StreamEvents events,
    PublishAuthorizer authorizer,
    IngestMetrics metrics,
    InstantSource clock,
    NanoClock nanoClock,
    RandomGenerator random) {}
