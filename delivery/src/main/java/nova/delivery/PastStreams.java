package nova.delivery;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import nova.core.StreamId;

/// The ids of streams that were there and are no longer, so that they are answered 410 and not 404.
/// Bounded: the oldest are forgotten first.
///
/// *Thread-safe.*
public final class PastStreams {
  private final int capacity;
  private final Set<StreamId> ids = new LinkedHashSet<>();

  public PastStreams(int capacity) {
    this.capacity = capacity;
  }

  /// Remembers a stream.
  public synchronized void add(StreamId stream) {
    ids.remove(stream);
    ids.add(stream);
    if (ids.size() > capacity) {
      Iterator<StreamId> oldestFirst = ids.iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  public synchronized boolean contains(StreamId stream) {
    return ids.contains(stream);
  }
}
