package nova.segments;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.NanoClock;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Media of another [MediaSource], kept in the memory of this process for those who ask next.
///
/// Who asks for something that is just being read gets the same answer: a part that a thousand
/// viewers want at once is read once. That something is not there is believed for a second, that it
/// cannot be read not at all; no more than [#MOST_READS] are under way, and what comes beyond fails
/// with [StoreUnavailableException]. What was asked for least goes first when there is too much.
///
/// *Thread-safe.*
public final class CachedMedia implements MediaSource {
  private static final Duration POSTER_KEPT = Duration.ofSeconds(1);
  private static final Duration MISSING_KEPT = Duration.ofSeconds(1);
  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final int MOST_READS = 1_000;
  private static final int ENTRY_BYTES = 200; // of what is kept beside the media
  private static final int POSTERS_SHARE = 8; // of the memory

  private final MediaSource source;
  private final int mostReads;
  private final AtomicInteger reads = new AtomicInteger(); // under way
  private final AsyncCache<Name, Loaded<List<Bytes>>> media;
  private final AsyncCache<StreamId, Loaded<Poster>> posters;

  /// What can be asked for.
  private sealed interface Name {
    record Init(StreamId stream, RenditionId rendition, Epoch epoch) implements Name {}

    record Part(SegmentKey segment, int part) implements Name {}

    record Segment(SegmentKey segment) implements Name {}
  }

  /// How reading ended. A failure goes through the cache as a value too, as Caffeine would log it
  /// with its stack trace, once for every read while a store is away.
  private record Loaded<T>(Optional<T> found, Optional<Throwable> failure) {
    static <T> Loaded<T> of(Optional<T> found) {
      return new Loaded<>(found, Optional.empty());
    }

    static <T> Loaded<T> failed(Throwable failure) {
      return new Loaded<>(Optional.empty(), Optional.of(failure));
    }
  }

  /// Keeps media in front of a source.
  ///
  /// @param memory for media; posters, which are read again each second, get a part of it
  public CachedMedia(MediaSource source, DataSize memory, NanoClock clock) {
    this(source, memory, MOST_READS, clock);
  }

  CachedMedia(MediaSource source, DataSize memory, int mostReads, NanoClock clock) {
    this.source = source;
    this.mostReads = mostReads;
    this.media =
        Caffeine.newBuilder()
            .maximumWeight(memory.bytes() - memory.bytes() / POSTERS_SHARE)
            .weigher(CachedMedia::weight)
            .expireAfter(
                Expiry.<Name, Loaded<List<Bytes>>>creating(
                    (_, loaded) -> loaded.found.isPresent() ? FOR_EVER : MISSING_KEPT))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .recordStats()
            .buildAsync();
    this.posters =
        Caffeine.newBuilder()
            .maximumWeight(memory.bytes() / POSTERS_SHARE)
            .weigher(CachedMedia::posterWeight)
            .expireAfterWrite(POSTER_KEPT)
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .buildAsync();
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return one(
        new Name.Init(stream, rendition, epoch), () -> source.init(stream, rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return one(new Name.Part(segment, part), () -> source.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return cached(new Name.Segment(segment), () -> source.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return load(posters, stream, () -> source.poster(stream));
  }

  /// Bytes of media kept now.
  public long sizeBytes() {
    return media
        .synchronous()
        .policy()
        .eviction()
        .map(eviction -> eviction.weightedSize().orElse(0))
        .orElse(0L);
  }

  /// How often something was at hand, or on its way, when it was asked for.
  public long hits() {
    return media.synchronous().stats().hitCount();
  }

  /// How often the source was asked for media.
  public long misses() {
    return media.synchronous().stats().missCount();
  }

  private CompletionStage<Optional<Bytes>> one(
      Name name, Supplier<CompletionStage<Optional<Bytes>>> read) {
    return cached(name, () -> read.get().thenApply(found -> found.map(List::of)))
        .thenApply(found -> found.map(List::getFirst));
  }

  private CompletionStage<Optional<List<Bytes>>> cached(
      Name name, Supplier<CompletionStage<Optional<List<Bytes>>>> read) {
    return load(media, name, read);
  }

  /// What the cache has or is reading; failures are removed by those who asked.
  private <K, V> CompletionStage<Optional<V>> load(
      AsyncCache<K, Loaded<V>> cache, K key, Supplier<CompletionStage<Optional<V>>> read) {
    CompletableFuture<Loaded<V>> loading = cache.get(key, (_, _) -> read(read));
    return loading.thenCompose(
        loaded -> {
          if (loaded.failure.isEmpty()) {
            return CompletableFuture.completedStage(loaded.found);
          }
          cache.asMap().remove(key, loading);
          return CompletableFuture.failedStage(loaded.failure.get());
        });
  }

  private <V> CompletableFuture<Loaded<V>> read(Supplier<CompletionStage<Optional<V>>> read) {
    if (reads.incrementAndGet() > mostReads) {
      reads.decrementAndGet();
      return CompletableFuture.completedFuture(
          Loaded.failed(new StoreUnavailableException("too much media is being read")));
    }
    return read.get()
        .handle(
            (found, failure) -> {
              reads.decrementAndGet();
              return failure == null ? Loaded.of(found) : Loaded.<V>failed(failure);
            })
        .toCompletableFuture();
  }

  private static int weight(Name name, Loaded<List<Bytes>> loaded) {
    long bytes = ENTRY_BYTES;
    for (Bytes chunk : loaded.found.orElse(List.of())) {
      bytes += chunk.length();
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static int posterWeight(StreamId stream, Loaded<Poster> loaded) {
    return ENTRY_BYTES + loaded.found.map(poster -> poster.jpeg().length()).orElse(0);
  }
}
