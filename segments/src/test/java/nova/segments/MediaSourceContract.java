package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.junit.jupiter.api.Test;

/// What every [MediaSource] must do with media that was published; each adapter's test extends it.
public abstract class MediaSourceContract {
  protected static final StreamId STREAM = new StreamId("stream1");
  protected static final RenditionId SOURCE = new RenditionId("source");
  private static final Epoch FIRST = new Epoch(0);
  private static final Epoch SECOND = new Epoch(1);
  private static final List<Bytes> PARTS =
      List.of(Bytes.ofUtf8("one"), Bytes.ofUtf8("two"), Bytes.EMPTY, Bytes.wrap(new byte[70_000]));

  /// What can be published.
  protected interface Published {
    /// Publishes the section; a rendition has one per epoch.
    void init(RenditionId rendition, Epoch epoch, Bytes init);

    /// Publishes a complete segment of the stream.
    void segment(SegmentKey key, List<Bytes> parts);

    /// Publishes the stream's latest poster.
    void poster(Poster poster);

    /// When this returns, what was published is found.
    MediaSource source();
  }

  /// Where nothing is published of [#STREAM] yet.
  protected abstract Published newPublished();

  @Test
  void completeSegment_isFoundAsItsPartsInOrder_andSoIsEachPart() {
    Published published = newPublished();
    published.init(SOURCE, FIRST, Bytes.ofUtf8("init"));
    published.segment(key(FIRST, 3), PARTS);
    MediaSource source = published.source();

    assertThat(get(source.segment(key(FIRST, 3)))).contains(PARTS);
    for (int part = 0; part < PARTS.size(); part++) {
      assertThat(get(source.part(key(FIRST, 3), part))).contains(PARTS.get(part));
    }
  }

  @Test
  void whatWasNotPublished_isNotFound() {
    Published published = newPublished();
    published.init(SOURCE, FIRST, Bytes.ofUtf8("init"));
    published.segment(key(FIRST, 3), PARTS);
    MediaSource source = published.source();

    assertThat(get(source.part(key(FIRST, 3), PARTS.size()))).isEmpty();
    assertThat(get(source.part(key(FIRST, 3), -1))).isEmpty();
    assertThat(get(source.part(key(FIRST, 3), Integer.MAX_VALUE))).isEmpty();
    assertThat(get(source.part(key(SECOND, 3), 0))).isEmpty();
    assertThat(get(source.segment(key(SECOND, 3)))).isEmpty();
    assertThat(get(source.segment(key(FIRST, 4)))).isEmpty();
    assertThat(get(source.segment(key(FIRST, -1)))).isEmpty();
    assertThat(get(source.init(STREAM, SOURCE, SECOND))).isEmpty();
    assertThat(get(source.init(STREAM, new RenditionId("720p"), FIRST))).isEmpty();
    StreamId unknown = new StreamId("unknown");
    assertThat(get(source.init(unknown, SOURCE, FIRST))).isEmpty();
    assertThat(get(source.part(new SegmentKey(unknown, SOURCE, FIRST, 3), 0))).isEmpty();
    assertThat(get(source.segment(new SegmentKey(unknown, SOURCE, FIRST, 3)))).isEmpty();
    assertThat(get(source.poster(unknown))).isEmpty();
    assertThat(get(source.poster(STREAM))).isEmpty();
  }

  @Test
  void everyEpoch_hasItsOwnSection() {
    Published published = newPublished();
    published.init(SOURCE, FIRST, Bytes.ofUtf8("first"));
    published.segment(key(FIRST, 3), PARTS);
    published.init(SOURCE, SECOND, Bytes.ofUtf8("second"));
    published.segment(key(SECOND, 4), PARTS.subList(0, 1));
    MediaSource source = published.source();

    assertThat(get(source.init(STREAM, SOURCE, FIRST))).contains(Bytes.ofUtf8("first"));
    assertThat(get(source.init(STREAM, SOURCE, SECOND))).contains(Bytes.ofUtf8("second"));
    assertThat(get(source.segment(key(SECOND, 4)))).contains(PARTS.subList(0, 1));
  }

  @Test
  void poster_isTheLatest() {
    Published published = newPublished();
    published.init(SOURCE, FIRST, Bytes.ofUtf8("init"));
    published.segment(key(FIRST, 3), PARTS);
    Instant noon = Instant.parse("2026-11-01T12:00:00.123456789Z");
    published.poster(new Poster(Bytes.ofUtf8("one"), noon));
    Poster latest = new Poster(Bytes.ofUtf8("two"), noon.plusSeconds(5));
    published.poster(latest);

    assertThat(get(published.source().poster(STREAM))).contains(latest);
  }

  protected static SegmentKey key(Epoch epoch, long number) {
    return new SegmentKey(STREAM, SOURCE, epoch, number);
  }

  protected static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
