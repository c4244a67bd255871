package nova.delivery;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.Test;

class NamedMediaTest {
  private static final String STREAM = "abcd2345efgh6789";
  private static final RenditionId RUNG = new RenditionId("480p");
  private static final int WINDOW = 5;

  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final NamedMedia named = new NamedMedia(timelines);
  private final Broadcast broadcast =
      new Broadcast(
              timelines,
              new InMemorySegmentStore(SegmentStoreConfig.defaults()),
              STREAM,
              "show",
              Instant.parse("2026-11-01T12:00:00Z"),
              WINDOW)
          .withVideo()
          .withRung(RUNG, 480, 1_000_000);

  private boolean has(String path) {
    return named.has(Objects.requireNonNull(MediaPath.read("/media/" + STREAM + "/" + path), path));
  }

  @Test
  void whatIsListed_andWhatLeftNotLongAgo_isNamed() {
    broadcast.segments(30).part(VIDEO).put(); // lists 26 to 29, and 30 that is open

    assertThat(has("source/0/init.mp4")).isTrue();
    assertThat(has("source/0/29.m4s")).isTrue();
    assertThat(has("source/0/29.5.m4s")).isTrue();
    assertThat(has("source/0/30.0.m4s")).isTrue();
    assertThat(has("source/0/20.m4s")).isTrue();
    assertThat(has("poster.jpg")).isTrue();

    assertThat(has("source/0/29.6.m4s")).isFalse();
    assertThat(has("source/0/30.1.m4s")).isFalse();
    assertThat(has("source/0/30.m4s")).as("open").isFalse();
    assertThat(has("source/0/31.m4s")).isFalse();
    assertThat(has("source/0/12.m4s")).as("too old").isFalse();
    assertThat(has("source/0/20.0.m4s")).as("parts are of the live edge").isFalse();
    assertThat(has("source/1/29.m4s")).isFalse();
    assertThat(has("source/1/init.mp4")).isFalse();
    assertThat(has("720p/0/29.m4s")).isFalse();
    assertThat(has("720p/0/init.mp4")).isFalse();
    assertThat(named.has(new MediaPath.StreamPoster(new StreamId("other")))).isFalse();
  }

  @Test
  void partsThatLeftWithTheirSegment_whenARungBegan_areNamedStill() {
    broadcast.segments(30).put(); // to 29
    named.changed(timelines.find(broadcast.stream()).orElseThrow());
    shorten(RUNG, 2);

    assertThat(has("480p/0/29.0.m4s")).isTrue();
    assertThat(has("480p/0/26.0.m4s")).as("listed a moment ago").isTrue();
    assertThat(has("source/0/26.0.m4s")).as("of a rung that has left").isTrue();
    assertThat(has("480p/0/26.1000.m4s")).isFalse();
    assertThat(has("480p/0/24.0.m4s")).as("far from the live edge").isFalse();
  }

  /// Leaves one rendition in the timeline, with its last segments.
  private void shorten(RenditionId id, int count) {
    TimelineSnapshot snapshot = timelines.find(broadcast.stream()).orElseThrow();
    RenditionTimeline rung = snapshot.rendition(id).orElseThrow();
    List<TimelineSegment> segments = rung.segments();
    List<TimelineSegment> last = segments.subList(segments.size() - count, segments.size());
    timelines.remove(snapshot.stream());
    boolean _ = timelines.put(snapshot.withRenditions(List.of(rung.withSegments(last))));
  }

  @Test
  void rungThatHasLeft_isNamedStill_untilItsStreamIsGone() {
    broadcast.segments(3).put();
    named.changed(timelines.find(broadcast.stream()).orElseThrow());
    broadcast.without(RUNG).segments(1).put();
    named.changed(timelines.find(broadcast.stream()).orElseThrow());

    assertThat(has("480p/0/2.m4s")).isTrue();
    assertThat(has("480p/0/2.0.m4s")).isTrue();
    assertThat(has("480p/0/2.1000.m4s")).isFalse();
    assertThat(has("480p/0/init.mp4")).isTrue();
    assertThat(has("480p/0/9.m4s")).isFalse();
    assertThat(has("360p/0/2.m4s")).isFalse();
    named.forget(broadcast.stream());
    assertThat(has("480p/0/2.m4s")).isFalse();
    timelines.remove(broadcast.stream());
    assertThat(
            named.has(
                new MediaPath.Segment(new SegmentKey(broadcast.stream(), VIDEO, new Epoch(0), 2))))
        .isFalse();
  }
}
