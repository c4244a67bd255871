package nova.backends.redis;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.PublishedMedia;
import nova.segments.SegmentKey;
import nova.segments.StoreUnavailableException;

/// What packagers of any process published, for one that goes on with it and waits for each answer.
///
/// *Thread-safe.*
public final class RedisPublishedMedia implements PublishedMedia {
  private final RedisMediaReader reader;

  public RedisPublishedMedia(RedisMediaReader reader) {
    this.reader = reader;
  }

  @Override
  public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
    return await(reader.init(stream, rendition, epoch));
  }

  @Override
  public Optional<Bytes> part(SegmentKey segment, int part) {
    return await(reader.part(segment, part));
  }

  private static <T> T await(CompletionStage<T> asked) {
    try {
      return RedisAnswers.await(asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("nobody waits for Redis any more", e);
    }
  }
}
