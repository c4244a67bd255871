package nova.ingest.connection;

import java.net.InetAddress;
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
    RefusalLog refusals,
    InstantSource clock,
    NanoClock nanoClock) {

  /// Counts and logs a connection that is turned away.
  public void refused(String reason, InetAddress address, String sentence) {
    metrics.refused(reason);
    refusals.add(reason, address, sentence);
  }
}
