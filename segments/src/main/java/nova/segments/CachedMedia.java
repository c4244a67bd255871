package nova.segments;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.NanoClock;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// Media of another [MediaSource], kept in the memory of this process for those who ask next.
///
/// Who asks for something that is just being read gets the same answer: a part that a thousand
/// viewers want at once is read once. That something is not there, or cannot be read, is not kept.
/// What was asked for least goes first when there is too much.
///
/// *Thread-safe.*
public final class CachedMedia implements MediaSource {
  private static final Duration POSTER_KEPT = Duration.ofSeconds(1);
  private static final int ENTRY_BYTES = 200; // of what is kept beside the media
  private static final int POSTERS_SHARE = 8; // of the memory

  private final MediaSource source;
  private final AsyncCache<Name, @Nullable Loaded<List<Bytes>>> media;
  private final AsyncCache<StreamId, @Nullable Loaded<Poster>> posters;

  /// What can be asked for.
  private sealed interface Name {
    record Init(StreamId stream, RenditionId rendition, Epoch epoch) implements Name {}

    record Part(SegmentKey segment, int part) implements Name {}

    record Segment(SegmentKey segment) implements Name {}
  }

  /// How reading ended, unless nothing was there. A failure goes through the cache as a value too,
  /// as Caffeine would log it with its stack trace, once for every read while a store is away.
  private record Loaded<T>(Optional<T> found, Optional<Throwable> failure) {
    /// Null when nothing was there.
    static <T> @Nullable Loaded<T> of(Optional<T> found) {
      return found.isEmpty() ? null : new Loaded<>(found, Optional.empty());
    }

    static <T> Loaded<T> failed(Throwable failure) {
      return new Loaded<>(Optional.empty(), Optional.of(failure));
    }
  }

  /// Keeps media in front of a source.
  ///
  /// @param memory for media; posters, which are read again each second, get a part of it
  public CachedMedia(MediaSource source, DataSize memory, NanoClock clock) {
    this.source = source;
    this.media =
        Caffeine.newBuilder()
            .maximumWeight(memory.bytes() - memory.bytes() / POSTERS_SHARE)
            .weigher(CachedMedia::weight)
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

  /// What the cache has or is reading; it drops what turns out to be null, and failures are removed
  /// by those who asked.
  private static <K, V> CompletionStage<Optional<V>> load(
      AsyncCache<K, @Nullable Loaded<V>> cache,
      K key,
      Supplier<CompletionStage<Optional<V>>> read) {
    CompletableFuture<@Nullable Loaded<V>> loading =
        cache.get(
            key,
            (_, _) ->
                read.get()
                    .<@Nullable Loaded<V>>handle(
                        (found, failure) ->
                            failure == null ? Loaded.of(found) : Loaded.failed(failure))
                    .toCompletableFuture());
    return loading.thenCompose(
        loaded -> {
          if (loaded == null) {
            return CompletableFuture.completedStage(Optional.<V>empty());
          }
          if (loaded.failure.isEmpty()) {
            return CompletableFuture.completedStage(loaded.found);
          }
          cache.asMap().remove(key, loading);
          return CompletableFuture.failedStage(loaded.failure.get());
        });
  }

  private static int weight(Name name, @Nullable Loaded<List<Bytes>> loaded) {
    long bytes = ENTRY_BYTES;
    for (Bytes chunk : loaded == null ? List.<Bytes>of() : loaded.found.orElse(List.of())) {
      bytes += chunk.length();
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static int posterWeight(StreamId stream, @Nullable Loaded<Poster> loaded) {
    return ENTRY_BYTES
        + (loaded == null ? 0 : loaded.found.map(poster -> poster.jpeg().length()).orElse(0));
  }
}
