package nova.segments;

import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;

/// [FallbackMedia] whose first source has all; [DiskMediaTest] has those that have not.
class FallbackMediaTest extends MediaSourceContract {
  @Override
  protected Published newPublished() {
    Published stored = new StoredMediaTest().newPublished();
    MediaSource nothing = new StoredMediaTest().newPublished().source();
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        stored.init(rendition, epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        stored.segment(key, parts);
      }

      @Override
      public void poster(Poster poster) {
        stored.poster(poster);
      }

      @Override
      public MediaSource source() {
        return new FallbackMedia(stored.source(), nothing);
      }
    };
  }
}
