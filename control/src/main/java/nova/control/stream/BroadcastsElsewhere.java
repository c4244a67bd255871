package nova.control.stream;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// The broadcasts of a server to which no broadcaster comes: none. Others are asked through events.
///
/// *Thread-safe.*
public final class BroadcastsElsewhere implements LiveBroadcasts {
  private final StreamEvents events;
  private final InstantSource clock;

  /// @param events that the others hear
  public BroadcastsElsewhere(StreamEvents events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Boolean> stop(StreamId stream, String reason) {
    return CompletableFuture.completedStage(false);
  }

  @Override
  public boolean hasOthers() {
    return true;
  }

  @Override
  public void stopElsewhere(StreamId stream, String reason) {
    events.publish(new StreamStopRequested(stream, clock.instant(), reason));
  }

  @Override
  public void dropKey(StreamKeyId key, String reason) {
    // Nothing is published with any.
  }
}
