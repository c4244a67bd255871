package nova.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import nova.control.stream.LiveBroadcasts;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// Broadcasts of which only is known which were to be stopped.
///
/// *Thread-safe.*
public final class TestBroadcasts implements LiveBroadcasts {
  private final List<String> stopped = new CopyOnWriteArrayList<>();
  private final Map<StreamId, StreamKeyId> keys = new ConcurrentHashMap<>();
  private volatile Predicate<StreamId> onStop = _ -> false;

  /// What is done when one is to be stopped.
  ///
  /// @param reaction whether there is such a broadcast
  public void onStop(Predicate<StreamId> reaction) {
    onStop = reaction;
  }

  /// One is on air from now on.
  public void began(StreamId stream, StreamKeyId key) {
    keys.put(stream, key);
  }

  /// Streams and reasons.
  public List<String> stopped() {
    return List.copyOf(stopped);
  }

  @Override
  public CompletionStage<Boolean> stop(StreamId stream, String reason) {
    boolean _ = stopped.add("%s: %s".formatted(stream, reason));
    return CompletableFuture.completedStage(onStop.test(stream));
  }

  @Override
  public void dropKey(StreamKeyId key, String reason) {
    keys.forEach(
        (stream, its) -> {
          if (its.equals(key)) {
            CompletionStage<Boolean> _ = stop(stream, reason);
          }
        });
  }
}
