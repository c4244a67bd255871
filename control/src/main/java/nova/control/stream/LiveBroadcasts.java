package nova.control.stream;

import java.util.concurrent.CompletionStage;
import nova.core.StreamId;

/// Port: the broadcasts that are on air.
///
/// *Thread-safe.*
@FunctionalInterface
public interface LiveBroadcasts {
  /// Ends a broadcast and tells its encoder why. Returns at once; what happens comes as events.
  ///
  /// @return whether there is such a broadcast
  CompletionStage<Boolean> stop(StreamId stream, String reason);
}
