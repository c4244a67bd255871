package nova.segments;

import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;

class StoredMediaTest extends MediaSourceContract {
  @Override
  protected Published newPublished() {
    SegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
    PosterStore posters = new InMemoryPosterStore();
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        segments.putInit(STREAM, rendition, epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        for (int part = 0; part < parts.size(); part++) {
          segments.putPart(key, part, parts.get(part));
        }
        segments.completeSegment(key);
      }

      @Override
      public void poster(Poster poster) {
        posters.put(STREAM, poster);
      }

      @Override
      public MediaSource source() {
        return new StoredMedia(segments, posters);
      }
    };
  }
}
