package nova.app;

import java.io.IOException;
import java.security.SecureRandom;
import nova.app.config.AppConfig;
import nova.app.error.ListenFailure;
import nova.app.error.StartupException;
import nova.app.metrics.IngestMeters;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.ingest.IngestPorts;
import nova.ingest.RtmpServer;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.PublishAuthorizer;

/// Opens the stage that lets broadcasters in.
final class IngestWiring {
  private IngestWiring() {}

  /// Begins to accept broadcasters.
  ///
  /// @throws StartupException when the port cannot be listened on
  static RtmpServer open(
      Foundation foundation,
      FrameLog frames,
      ChannelClaims claims,
      StreamEvents events,
      PublishAuthorizer authorizer) {
    AppConfig config = foundation.config();
    IngestPorts ports =
        new IngestPorts(
            frames,
            claims,
            events,
            authorizer,
            new IngestMeters(foundation.metrics()),
            foundation.clock(),
            foundation.nanoClock(),
            new SecureRandom(),
            Thread::startVirtualThread);
    try {
      return foundation.lifecycle().own("RTMP", RtmpServer.start(config.rtmp(), ports));
    } catch (IOException e) {
      throw ListenFailure.explain(
          "RTMP", "--rtmp-port", config.rtmp().bind(), config.rtmp().port(), e);
    }
  }
}
