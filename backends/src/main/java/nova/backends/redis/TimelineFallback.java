package nova.backends.redis;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.StreamId;
import nova.segments.TimelineSnapshot;

/// Where timelines are found while Redis tells nothing new, such as
/// [nova.segments.DiskMedia#timeline].
///
/// *Thread-safe.*
@FunctionalInterface
public interface TimelineFallback {
  /// Nowhere.
  TimelineFallback NONE = _ -> CompletableFuture.completedStage(Optional.empty());

  /// The timeline of a stream's complete segments; empty when there is none. Returns at once.
  CompletionStage<Optional<TimelineSnapshot>> timeline(StreamId stream);
}
