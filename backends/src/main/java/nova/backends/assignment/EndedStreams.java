package nova.backends.assignment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamId;

/// The streams that are over as far as this node has heard, and what said so. The oldest are
/// forgotten when there are too many.
///
/// *Thread-safe.*
final class EndedStreams {
  private static final int MOST = 10_000;

  private final Map<StreamId, StreamEvent> endings = new LinkedHashMap<>(); // guarded by itself

  /// Whether an event says that its stream is over.
  static boolean isEnding(StreamEvent event) {
    return event instanceof StreamEnded || event instanceof StreamError;
  }

  /// Takes note of an event that says so.
  void add(StreamEvent ending) {
    synchronized (endings) {
      endings.putIfAbsent(ending.stream(), ending);
      if (endings.size() > MOST) {
        endings.remove(endings.keySet().iterator().next());
      }
    }
  }

  /// What said that a stream is over; empty when nothing did.
  Optional<StreamEvent> find(StreamId stream) {
    synchronized (endings) {
      return Optional.ofNullable(endings.get(stream));
    }
  }

  boolean has(StreamId stream) {
    return find(stream).isPresent();
  }
}
