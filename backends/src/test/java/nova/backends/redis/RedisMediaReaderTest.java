package nova.backends.redis;

import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.MediaSource;
import nova.segments.MediaSourceContract;
import nova.segments.Poster;
import nova.segments.SegmentKey;
import org.junit.jupiter.api.AutoClose;

/// [RedisMediaReader] behind [RedisMediaPublisher].
class RedisMediaReaderTest extends MediaSourceContract {
  @AutoClose private final TestRedis redis = new TestRedis();

  @Override
  protected Published newPublished() {
    TestPublication publication = redis.own(new TestPublication(redis.server, STREAM, SOURCE));
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        publication.init(epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        publication.segment(key, parts, true);
      }

      @Override
      public void poster(Poster poster) {
        publication.poster(poster);
      }

      @Override
      public MediaSource source() {
        return publication.reader();
      }
    };
  }
}
