package nova.segments;

import static nova.segments.StreamOnDisk.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [FallbackMedia] whose first source has all, has lost it, or cannot be asked.
class FallbackMediaTest extends MediaSourceContract {
  @AutoClose private StreamOnDisk disk;

  @BeforeEach
  void open(@TempDir Path folder) {
    disk = new StreamOnDisk(folder);
  }

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

  @Test
  void fallback_isAskedWhenTheFirstCannotBe_orHasLostIt() {
    DiskMediaWriter writer = disk.writer();
    disk.segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    DiskMedia second = disk.media();
    MediaSource empty =
        new StoredMedia(
            new InMemorySegmentStore(SegmentStoreConfig.defaults()), new InMemoryPosterStore());
    MediaSource away =
        disk.media(
            disk.folder.resolve("stream1").resolve("1000").resolve("timeline.bin")); // a file

    for (MediaSource first : List.of(empty, away)) {
      MediaSource both = new FallbackMedia(first, second);
      assertThat(get(both.segment(key(new Epoch(0), 3)))).contains(List.of(Bytes.ofUtf8("a")));
      assertThat(get(both.part(key(new Epoch(0), 3), 0))).contains(Bytes.ofUtf8("a"));
      assertThat(get(both.init(STREAM, SOURCE, new Epoch(0)))).contains(Bytes.ofUtf8("init"));
    }
  }

  @Test
  void fallback_thatHasNothing_doesNotTellThatThereIsNothing() {
    MediaSource none = disk.media();
    MediaSource both = new FallbackMedia(new Away(), none);

    for (CompletionStage<?> unknown :
        List.of(
            both.segment(key(new Epoch(0), 3)),
            both.part(key(new Epoch(0), 3), 0),
            both.init(STREAM, SOURCE, new Epoch(0)),
            both.poster(STREAM))) {
      assertThatThrownBy(() -> unknown.toCompletableFuture().get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(get(new FallbackMedia(none, none).segment(key(new Epoch(0), 3)))).isEmpty();
  }

  /// Cannot be asked.
  private static final class Away implements MediaSource {
    @Override
    public CompletionStage<Optional<Bytes>> init(
        StreamId stream, RenditionId rendition, Epoch epoch) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<Poster>> poster(StreamId stream) {
      return fail();
    }

    private static <T> CompletionStage<T> fail() {
      return CompletableFuture.failedStage(
          new StoreUnavailableException("away", new IOException("refused")));
    }
  }
}
