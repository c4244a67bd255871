package nova.backends.redis;

import io.lettuce.core.KeyValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.NanoClock;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.MediaSource;
import nova.segments.Poster;
import nova.segments.SegmentKey;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/// Reads media that packagers of any process published. Parts of segments that are still open are
/// found like all others.
///
/// Stages complete on a thread of the connection, and fail at once while Redis is away or known to
/// hang.
///
/// *Thread-safe.*
public final class RedisMediaReader implements MediaSource {
  private static final int MAX_DIGITS = 5; // of the number of parts; no packager makes so many

  private final RedisLink link;
  private final MediaKeys keys;
  private final RedisMetrics metrics;
  private final NanoClock clock;

  private RedisMediaReader(RedisLink link, RedisMetrics metrics, NanoClock clock) {
    this.link = link;
    this.keys = new MediaKeys(link.keys());
    this.metrics = metrics;
    this.clock = clock;
  }

  /// Reads over a connection of its own.
  ///
  /// @throws RedisStartException when Redis cannot be used
  public static RedisMediaReader open(
      RedisConnections connections, RedisMetrics metrics, NanoClock clock) {
    return new RedisMediaReader(connections.link(RedisArea.MEDIA, "reader"), metrics, clock);
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return one(keys.init(stream, rendition, epoch), 0);
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return one(keys.segment(segment), part);
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return timed(
        () -> link.commands().hgetall(keys.segment(segment)),
        this::whole,
        parts -> parts.stream().mapToInt(Bytes::length).sum());
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return timed(
        () -> link.commands().hmget(keys.poster(stream), "at", "jpeg"),
        fields -> {
          Bytes at = value(fields.getFirst());
          Bytes jpeg = value(fields.getLast());
          Optional<Instant> takenAt = at == null ? Optional.empty() : instant(at);
          return jpeg == null ? Optional.empty() : takenAt.map(time -> new Poster(jpeg, time));
        },
        poster -> poster.jpeg().length());
  }

  private CompletionStage<Optional<Bytes>> one(String key, int part) {
    return timed(
        () -> link.commands().hget(key, Integer.toString(part)),
        Optional::ofNullable,
        Bytes::length);
  }

  /// As many parts as the segment has. More may be there: one that an earlier holder of the stream
  /// put and did not list, before the next one cut the segment's end otherwise.
  private Optional<List<Bytes>> whole(Map<String, Bytes> fields) {
    Bytes complete = fields.get(MediaKeys.COMPLETE);
    if (complete == null) {
      return Optional.empty();
    }
    int count = count(complete);
    List<Bytes> parts = new ArrayList<>();
    Bytes next = fields.get("0");
    while (next != null && parts.size() < count) {
      parts.add(next);
      next = fields.get(Integer.toString(parts.size()));
    }
    if (parts.isEmpty() || parts.size() < count) {
      metrics.malformed("segment");
      return Optional.empty();
    }
    return Optional.of(List.copyOf(parts));
  }

  /// @return 0 for what is no number of parts
  private static int count(Bytes text) {
    return text.length() <= MAX_DIGITS && text.toUtf8().matches("[0-9]+")
        ? Integer.parseInt(text.toUtf8())
        : 0;
  }

  private <A extends @Nullable Object, T> CompletionStage<Optional<T>> timed(
      Supplier<CompletionStage<A>> ask, Function<A, Optional<T>> read, ToIntFunction<T> size) {
    if (!link.answers()) {
      metrics.failed("read");
      return CompletableFuture.failedStage(new StoreUnavailableException("Redis does not answer"));
    }
    long start = clock.nanoTime();
    return link.orMissing(ask.get().thenApply(read), Optional.<T>empty())
        .handle(
            (found, failure) -> {
              if (failure != null) {
                metrics.failed("read");
                throw new StoreUnavailableException(
                    "Redis did not answer", RedisLink.cause(failure));
              }
              metrics.mediaRead(found.map(size::applyAsInt).orElse(0), clock.nanoTime() - start);
              return found;
            });
  }

  private static @Nullable Bytes value(KeyValue<String, Bytes> field) {
    return field.hasValue() ? field.getValue() : null;
  }

  private Optional<Instant> instant(Bytes text) {
    try {
      return text.length() <= 40 ? Optional.of(Instant.parse(text.toUtf8())) : Optional.empty();
    } catch (DateTimeException _) {
      metrics.malformed("poster");
      return Optional.empty();
    }
  }
}
