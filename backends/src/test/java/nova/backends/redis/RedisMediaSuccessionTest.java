package nova.backends.redis;

import static nova.backends.redis.PublishedStream.SOURCE;
import static nova.backends.redis.PublishedStream.STREAM;
import static nova.backends.redis.PublishedStream.TOKEN;
import static nova.backends.redis.PublishedStream.settled;
import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A node that goes on with a stream in Redis that another node published before.
class RedisMediaSuccessionTest {
  @AutoClose private final PublishedStream stream = new PublishedStream();
  private final TestPackager packager = stream.packager;
  private final RedisMediaReader reader = stream.reader;
  private final RedisLink link = stream.link;
  private final MediaKeys keys = stream.keys;

  @Test
  void lowerToken_isRefused_andItsOwnerIsTold() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot before = packager.snapshot();
    assertThat(await(link.commands().set(keys.fence(STREAM), text("1001")))).isEqualTo("OK");

    packager.part();
    await("the stream is lost", () -> stream.lost.get() == 1);
    packager.part();
    settled(publisher);

    assertThat(await(stream.timeline())).contains(before);
    assertThat(await(link.commands().keys("*segment*"))).hasSize(2);
    assertThat(stream.lost).hasValue(1);
  }

  @Test
  void writeThatIsRefused_countsAsSentNever_notEvenBeforeItsOwnerIsTold() throws Exception {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    assertThat(await(link.commands().set(keys.fence(STREAM), text("1001")))).isEqualTo("OK");
    CountDownLatch told = new CountDownLatch(1);
    stream.metrics.onPublished(() -> awaitOpen(told));

    packager.state(TimelineState.ENDED); // which is one write
    assertThat(publisher.awaitSent(STREAM, Duration.ofMillis(500))).isFalse();

    told.countDown();
    await("the stream is lost", () -> stream.lost.get() == 1);
    assertThat(publisher.awaitSent(STREAM, Duration.ofMillis(500))).isFalse();
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anotherNode_goesOn_withTheMediaOfTheFirst_whoseWritesAreRefused() {
    RedisMediaPublisher first = stream.own(packager);
    for (int segment = 0; segment < 6; segment++) {
      packager.segment(2);
    }
    settled(first);
    TestPackager next = stream.successor();
    RedisMediaPublisher second = stream.takeOver(next);
    next.segment(2);
    settled(second);

    packager.segment(2);
    await("the first has lost it", () -> stream.lost.get() == 1);

    assertThat(await(stream.timeline())).contains(next.snapshot());
    List<TimelineSegment> listed = next.snapshot().renditions().getFirst().segments();
    assertThat(listed).hasSize(7);
    for (TimelineSegment segment : listed.subList(0, 6)) {
      SegmentKey key = next.key(SOURCE, segment);
      assertThat(await(reader.segment(key)))
          .as("%s", key)
          .isEqualTo(packager.segments.segment(key));
    }
    SegmentKey newest = next.key(SOURCE, listed.getLast());
    assertThat(await(reader.segment(newest))).isEqualTo(next.segments.segment(newest));
  }

  @Test
  void publishedPart_neverChanges() {
    RedisMediaPublisher first = stream.own(packager);
    packager.part();
    settled(first);
    SegmentKey key =
        packager.key(SOURCE, packager.snapshot().renditions().getFirst().segments().getFirst());
    Optional<Bytes> published = packager.segments.part(key, 0);
    first.disown(STREAM);
    TestPackager other = new TestPackager(STREAM, 8, 77, "source", "audio");
    RedisMediaPublisher second = stream.publisher(other);

    other.part();
    other.part();
    second.own(STREAM, TOKEN + 1, () -> {});
    settled(second);

    assertThat(await(reader.part(key, 0))).isEqualTo(published);
    assertThat(await(reader.part(key, 1))).isEqualTo(other.segments.part(key, 1));
  }

  @Test
  void mediaOfTheNodeBefore_listedOrNot_countsAgainstTheCap() {
    RedisConfig config = stream.config(1, 30);
    TestPackager before = new TestPackager(STREAM, 4, 100_000, "source");
    RedisMediaPublisher first = stream.own(before, config);
    for (int segment = 0; segment < 10; segment++) {
      before.segment(1);
      settled(first);
    }
    assertThat(mediaBytes()).as("also what players hold that are behind").isGreaterThan(700_000);

    TestPackager next = new TestPackager(before.snapshot(), 4, 100_000);
    RedisMediaPublisher second = stream.takeOver(next, config);
    for (int segment = 0; segment < 6; segment++) {
      next.segment(1);
      settled(second);
      assertThat(mediaBytes()).isLessThanOrEqualTo(1 << 20);
    }

    assertThat(mediaBytes()).as("as much as there may be").isGreaterThan(900_000);
    for (TimelineSegment segment : next.snapshot().renditions().getFirst().segments()) {
      assertThat(await(reader.segment(next.key(SOURCE, segment)))).isPresent();
    }
  }

  @Test
  void mediaOfTheNodeBefore_staysAsLongAsPlayersMayWantIt_andThenGoes() {
    RedisMediaPublisher first = stream.own(packager);
    for (int segment = 0; segment < 20; segment++) {
      packager.segment(2);
      settled(first);
    }
    TestPackager next = stream.successor();
    RedisMediaPublisher second = stream.takeOver(next);
    next.segment(2);
    settled(second);
    List<String> unlisted = unlisted(next);
    assertThat(unlisted).as("of the node before, unlisted then or now").hasSizeGreaterThan(2 * 8);

    stream.skip(Duration.ofSeconds(5)); // of 8 x 2/3 s and two target durations of 4 s
    next.segment(2);
    settled(second);
    assertThat(unlisted(next)).containsAll(unlisted);

    stream.skip(Duration.ofSeconds(10));
    next.segment(2);
    settled(second);
    assertThat(unlisted(next)).doesNotContainAnyElementsOf(unlisted).hasSize(2 * 2);
    assertThat(await(stream.timeline())).contains(next.snapshot());
    assertThat(next.snapshot().renditions().getFirst().segments())
        .allMatch(segment -> await(reader.segment(next.key(SOURCE, segment))).isPresent());
  }

  @Test
  void mediaOfTheNodeBefore_goes_alsoWhenTheStreamIsOver() {
    RedisMediaPublisher first = stream.own(packager);
    for (int segment = 0; segment < 20; segment++) {
      packager.segment(2);
      settled(first);
    }
    TestPackager next = stream.successor();
    next.state(TimelineState.ENDED);
    RedisMediaPublisher second = stream.takeOver(next);
    settled(second);
    assertThat(unlisted(next)).isNotEmpty();

    stream.skip(Duration.ofMinutes(4)); // more than a third of the time that media stays

    await("it is gone", () -> unlisted(next).isEmpty());
    assertThat(next.snapshot().renditions().getFirst().segments())
        .allMatch(segment -> await(reader.segment(next.key(SOURCE, segment))).isPresent());
  }

  @Test
  void mediaThatIsGone_isNotNamedForEver() {
    RedisMediaPublisher first = stream.own(packager);
    for (int segment = 0; segment < 10; segment++) {
      packager.segment(2);
      settled(first);
    }
    SegmentKey gone = new SegmentKey(STREAM, SOURCE, new Epoch(0), 10); // not listed
    assertThat(await(link.commands().del(keys.segment(gone)))).isEqualTo(1);
    assertThat(await(link.commands().sadd(keys.stored(STREAM), text("nova:segment:{x}:a:0:1"))))
        .isEqualTo(1);

    TestPackager next = stream.successor();
    RedisMediaPublisher second = stream.takeOver(next);
    next.segment(2);
    settled(second);

    assertThat(await(link.commands().smembers(keys.stored(STREAM))))
        .doesNotContain(text(keys.segment(gone)))
        .contains(text(keys.segment(new SegmentKey(STREAM, SOURCE, new Epoch(0), 11))));
  }

  @Test
  void streamThatIsRemovedByAnotherNode_leavesNothingOfTheFirst() {
    RedisMediaPublisher first = stream.own(packager);
    for (int segment = 0; segment < 20; segment++) {
      packager.segment(2);
      settled(first);
    }
    TestPackager next = stream.successor();
    RedisMediaPublisher second = stream.takeOver(next);
    next.segment(2);
    settled(second);

    next.remove();
    settled(second);

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }

  private long mediaBytes() {
    long bytes = 0;
    for (String key : await(link.commands().keys("*segment*"))) {
      bytes += await(link.commands().hvals(key)).stream().mapToLong(Bytes::length).sum();
    }
    return bytes;
  }

  /// Segments that are there and not listed.
  private List<String> unlisted(TestPackager by) {
    List<String> unlisted = new ArrayList<>(await(link.commands().keys("*segment*")));
    for (RenditionTimeline rendition : by.snapshot().renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        unlisted.remove(keys.segment(by.key(rendition.id(), segment)));
      }
    }
    return unlisted;
  }
}
