package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.junit.jupiter.api.Test;

/// What every [PublishedMedia] must do; each adapter's test extends it.
public abstract class PublishedMediaContract {
  protected static final StreamId STREAM = new StreamId("stream1");
  protected static final RenditionId SOURCE = new RenditionId("source");
  private static final RenditionId OTHER = new RenditionId("720p");
  private static final List<Bytes> PARTS =
      List.of(Bytes.ofUtf8("one"), Bytes.ofUtf8("two"), Bytes.EMPTY, Bytes.wrap(new byte[70_000]));

  /// Publishes a section.
  protected abstract void publishInit(Epoch epoch, Bytes init);

  /// Publishes a segment with these parts, of which some may be published already.
  protected abstract void publish(SegmentKey key, List<Bytes> parts, boolean complete);

  /// When this returns, what was published is found.
  protected abstract PublishedMedia published();

  @Test
  void partsOfAnOpenSegment_areFound_andStayWhenItGrowsAndIsComplete() {
    publishInit(new Epoch(0), Bytes.ofUtf8("init"));
    publish(key(0, 3), PARTS.subList(0, 2), false);
    assertFound(key(0, 3), PARTS.subList(0, 2));

    publish(key(0, 3), PARTS.subList(0, 3), false);
    assertFound(key(0, 3), PARTS.subList(0, 3));

    publish(key(0, 3), PARTS, true);
    assertFound(key(0, 3), PARTS);
  }

  @Test
  void everyEpoch_hasItsOwnSection() {
    publishInit(new Epoch(0), Bytes.ofUtf8("first"));
    publish(key(0, 3), PARTS, true);
    publishInit(new Epoch(1), Bytes.ofUtf8("second"));
    publish(key(1, 4), PARTS.subList(0, 1), false);
    PublishedMedia media = published();

    assertThat(media.init(STREAM, SOURCE, new Epoch(0))).contains(Bytes.ofUtf8("first"));
    assertThat(media.init(STREAM, SOURCE, new Epoch(1))).contains(Bytes.ofUtf8("second"));
  }

  @Test
  void whatWasNotPublished_isNotFound() {
    publishInit(new Epoch(0), Bytes.ofUtf8("init"));
    publish(key(0, 3), PARTS, true);
    PublishedMedia media = published();
    StreamId unknown = new StreamId("unknown");

    assertThat(media.part(key(0, 3), -1)).isEmpty();
    assertThat(media.part(key(0, 3), Integer.MAX_VALUE)).isEmpty();
    assertThat(media.part(key(1, 3), 0)).isEmpty();
    assertThat(media.part(key(0, 4), 0)).isEmpty();
    assertThat(media.part(new SegmentKey(STREAM, OTHER, new Epoch(0), 3), 0)).isEmpty();
    assertThat(media.part(new SegmentKey(unknown, SOURCE, new Epoch(0), 3), 0)).isEmpty();
    assertThat(media.init(STREAM, SOURCE, new Epoch(1))).isEmpty();
    assertThat(media.init(STREAM, OTHER, new Epoch(0))).isEmpty();
    assertThat(media.init(unknown, SOURCE, new Epoch(0))).isEmpty();
  }

  private void assertFound(SegmentKey key, List<Bytes> parts) {
    PublishedMedia media = published();
    for (int part = 0; part < parts.size(); part++) {
      assertThat(media.part(key, part)).as("part %d", part).isEqualTo(Optional.of(parts.get(part)));
    }
    assertThat(media.part(key, parts.size())).isEmpty();
  }

  private static SegmentKey key(int epoch, long number) {
    return new SegmentKey(STREAM, SOURCE, new Epoch(epoch), number);
  }
}
