package nova.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.control.stream.LiveBroadcasts;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.ingest.RtmpServer;
import org.jspecify.annotations.Nullable;

/// What is on air at the RTMP server of this process, once that listens.
///
/// *Thread-safe.*
final class RtmpBroadcasts implements LiveBroadcasts {
  private volatile @Nullable RtmpServer rtmp; // begins to listen last

  /// Broadcasts can be stopped from now on.
  void listens(RtmpServer server) {
    rtmp = server;
  }

  @Override
  public CompletionStage<Boolean> stop(StreamId stream, String reason) {
    RtmpServer server = rtmp;
    return server == null
        ? CompletableFuture.completedStage(false)
        : server.stopStream(stream, reason);
  }

  @Override
  public void dropKey(StreamKeyId key, String reason) {
    RtmpServer server = rtmp;
    if (server != null) {
      server.dropKey(key, reason);
    }
  }
}
