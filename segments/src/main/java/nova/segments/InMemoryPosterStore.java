package nova.segments;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nova.core.DataSize;
import nova.core.StreamId;

/// [PosterStore] in memory.
///
/// *Thread-safe.*
public final class InMemoryPosterStore implements PosterStore {
  private static final DataSize MAX_POSTER = DataSize.ofMiB(2);
  private static final DataSize MAX_ALL = DataSize.ofMiB(64); // of some 600 streams

  private final long maxPosterBytes;
  private final long maxBytes;
  private final Map<StreamId, Poster> oldestFirst = new LinkedHashMap<>(); // guarded by `this`
  private long bytes; // guarded by `this`

  /// Posters of 2 MiB at most, and 64 MiB of all.
  public InMemoryPosterStore() {
    this(MAX_POSTER, MAX_ALL);
  }

  /// @param maxPoster no poster is larger
  /// @param maxAll of all streams together
  public InMemoryPosterStore(DataSize maxPoster, DataSize maxAll) {
    this.maxPosterBytes = maxPoster.bytes();
    this.maxBytes = maxAll.bytes();
  }

  @Override
  public synchronized boolean put(StreamId stream, Poster poster) {
    Poster before = oldestFirst.get(stream);
    boolean isLater = before == null || poster.takenAt().isAfter(before.takenAt());
    if (!isLater || poster.jpeg().length() > Math.min(maxPosterBytes, maxBytes)) {
      return false;
    }
    remove(stream);
    while (bytes + poster.jpeg().length() > maxBytes) {
      remove(oldestFirst.keySet().iterator().next());
    }
    oldestFirst.put(stream, poster);
    bytes += poster.jpeg().length();
    return true;
  }

  @Override
  public synchronized Optional<Poster> find(StreamId stream) {
    return Optional.ofNullable(oldestFirst.get(stream));
  }

  @Override
  public synchronized void remove(StreamId stream) {
    Poster poster = oldestFirst.remove(stream);
    if (poster != null) {
      bytes -= poster.jpeg().length();
    }
  }

  @Override
  public synchronized long sizeBytes() {
    return bytes;
  }
}
