package nova.backends.redis;

import java.util.ArrayList;
import java.util.List;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.MediaSource;
import nova.segments.MediaSourceContract;
import nova.segments.Poster;
import nova.segments.SegmentKey;
import org.junit.jupiter.api.AfterEach;

/// [RedisMediaReader] behind [RedisMediaPublisher].
class RedisMediaReaderTest extends MediaSourceContract {
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  @Override
  protected Published newPublished() {
    EmbeddedRedis redis = EmbeddedRedis.open();
    opened.add(redis);
    TestPublication publication = new TestPublication(redis, STREAM, SOURCE);
    opened.add(publication);
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
