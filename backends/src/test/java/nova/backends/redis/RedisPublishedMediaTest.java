package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.segments.PublishedMedia;
import nova.segments.PublishedMediaContract;
import nova.segments.SegmentKey;
import nova.segments.StoreUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisPublishedMediaTest extends PublishedMediaContract {
  private final EmbeddedRedis redis = EmbeddedRedis.open();
  private final TestPublication publication = new TestPublication(redis, STREAM, SOURCE);

  @AfterEach
  void close() {
    publication.close();
    redis.close();
  }

  @Override
  protected void publishInit(Epoch epoch, Bytes init) {
    publication.init(epoch, init);
  }

  @Override
  protected void publish(SegmentKey key, List<Bytes> parts, boolean complete) {
    publication.segment(key, parts, complete);
  }

  @Override
  protected PublishedMedia published() {
    return new RedisPublishedMedia(publication.reader());
  }

  @Test
  void whatCannotBeAskedFor_isNotCalledMissing() {
    publishInit(new Epoch(0), Bytes.ofUtf8("init"));
    SegmentKey key = new SegmentKey(STREAM, SOURCE, new Epoch(0), 3);
    publish(key, List.of(Bytes.ofUtf8("one")), false);
    PublishedMedia media = published();

    redis.stop();

    assertThatThrownBy(() -> media.part(key, 0)).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> media.init(STREAM, SOURCE, new Epoch(0)))
        .isInstanceOf(StoreUnavailableException.class);
  }
}
