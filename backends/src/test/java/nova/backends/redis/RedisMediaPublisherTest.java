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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.Poster;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What is in Redis of what a packager lists, and for how long.
class RedisMediaPublisherTest {
  @AutoClose private final PublishedStream stream = new PublishedStream();
  private final TestPackager packager = stream.packager;
  private final RedisMediaReader reader = stream.reader;
  private final RedisLink link = stream.link;
  private final MediaKeys keys = stream.keys;

  @Test
  void everythingListed_isInRedis_asThePackagerPutIt() {
    RedisMediaPublisher publisher = stream.own(packager);
    for (int segment = 0; segment < 3; segment++) {
      packager.segment(4);
    }
    packager.nextEpoch();
    packager.part();
    packager.part();

    settled(publisher);

    stream.assertHasWhatIsListed(packager);
    TimelineSegment open = packager.snapshot().renditions().getFirst().segments().getLast();
    assertThat(open.complete()).isFalse();
    SegmentKey key = packager.key(SOURCE, open);
    assertThat(await(reader.part(key, 1))).isEqualTo(packager.segments.part(key, 1));
    assertThat(await(reader.segment(key))).isEmpty();
    assertThat(await(link.commands().zrange(keys.index(), 0, -1)))
        .containsExactly(text(STREAM.value()));
    assertThat(stream.lost).hasValue(0);
  }

  @Test
  void partThatIsNotListed_doesNotHideItsSegment_butOneThatIsLostDoes() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(4);
    settled(publisher);
    SegmentKey key =
        packager.key(SOURCE, packager.snapshot().renditions().getFirst().segments().getFirst());
    assertThat(await(link.commands().hset(keys.segment(key), "4", text("stray")))).isTrue();

    assertThat(await(reader.segment(key))).isEqualTo(packager.segments.segment(key));

    assertThat(await(link.commands().hdel(keys.segment(key), "2"))).isEqualTo(1);
    assertThat(await(reader.segment(key))).isEmpty();
    assertThat(await(link.commands().hset(keys.segment(key), "n", text("-1")))).isFalse();
    assertThat(await(reader.segment(key))).isEmpty();
    assertThat(stream.metrics.count("malformed")).isEqualTo(2);
  }

  @Test
  void whatWasThereBeforeItWasOwned_isPublishedToo_theNewestFirst() {
    packager.segment(2);
    packager.segment(2);
    RedisMediaPublisher publisher = stream.publisher(packager);
    assertThat(await(link.commands().keys("*"))).isEmpty();

    publisher.own(STREAM, TOKEN, stream.lost::incrementAndGet);
    settled(publisher);

    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void notices_followEachOther_withDeltasThatLeadFromOneToTheNext() {
    List<TimelineNotice> notices = notices();
    RedisMediaPublisher publisher = stream.own(packager);
    packager.part();
    settled(publisher);
    TimelineSnapshot known = packager.snapshot();
    for (int i = 0; i < 20; i++) {
      packager.segment(3);
    }
    settled(publisher);
    packager.remove();
    await("removal", () -> notices.contains(new TimelineNotice.Removed(STREAM, TOKEN)));

    assertThat(notices.getFirst())
        .isEqualTo(new TimelineNotice.Replaced(STREAM, TOKEN, known.version()));
    for (TimelineNotice notice : notices.subList(1, notices.size() - 1)) {
      known = ((TimelineNotice.Changed) notice).delta().apply(known);
    }
    assertThat(known.version()).isEqualTo(81);
  }

  @Test
  void poster_isTheLatest() {
    RedisMediaPublisher publisher = stream.own(packager);
    List<TimelineNotice> notices = notices();
    packager.part();
    settled(publisher);
    assertThat(await(reader.poster(STREAM))).isEmpty();
    Poster poster = new Poster(text("jpeg"), TestPackager.NOON.plusNanos(123_456_789));
    packager.posters.put(STREAM, poster);

    packager.part();
    settled(publisher);

    assertThat(await(reader.poster(STREAM))).contains(poster);
    await(
        "everybody knows",
        () -> notices.contains(new TimelineNotice.PosterTaken(STREAM, TOKEN, poster.takenAt())));
  }

  @Test
  void segmentsThatLeaveThePackagersStore_leaveRedis() {
    RedisMediaPublisher publisher = stream.own(packager);
    for (int segment = 0; segment < 40; segment++) {
      if (segment == 10) {
        packager.nextEpoch();
      }
      packager.segment(2);
      settled(publisher);
    }

    packager.segment(1); // what left with the last one leaves with this
    settled(publisher);

    List<String> media = await(link.commands().keys("*segment*"));
    long stored = 2L * 16;
    assertThat(media).hasSizeBetween((int) stored, (int) stored + 4);
    assertThat(await(link.commands().keys("*init*")))
        .containsExactlyInAnyOrder(
            keys.init(STREAM, SOURCE, new Epoch(1)),
            keys.init(STREAM, new RenditionId("audio"), new Epoch(1)));
    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void streamAboveItsCap_losesItsOldestSegments() {
    TestPackager large = new TestPackager(STREAM, 30, 100_000, "source");
    RedisMediaPublisher publisher = stream.own(large, stream.config(1, 30));
    for (int segment = 0; segment < 20; segment++) {
      large.segment(1);
    }

    settled(publisher);

    assertThat(await(link.commands().keys("*segment*"))).hasSize(10);
    assertThat(stream.metrics.count("evicted")).isEqualTo(10);
    TimelineSegment newest = large.snapshot().renditions().getFirst().segments().getLast();
    assertThat(await(reader.segment(large.key(SOURCE, newest)))).isPresent();
  }

  @Test
  void streamThatIsAboveItsCapFromTheBeginning_getsTheNewestOfAllRenditions_andNoMore() {
    TestPackager large = new TestPackager(STREAM, 30, 100_000, "source", "audio");
    for (int segment = 0; segment < 20; segment++) {
      large.segment(1);
    }
    large.state(TimelineState.ENDED); // no segment is completed that could drive others out

    RedisMediaPublisher publisher = stream.own(large, stream.config(1, 30));
    settled(publisher);

    List<String> newest = new ArrayList<>();
    for (RenditionTimeline rendition : large.snapshot().renditions()) {
      for (TimelineSegment segment : rendition.segments().subList(15, 20)) {
        newest.add(keys.segment(large.key(rendition.id(), segment)));
      }
    }
    assertThat(await(link.commands().keys("*segment*")))
        .containsExactlyInAnyOrderElementsOf(newest);
    assertThat(stream.metrics.count("evicted")).isEqualTo(2 * 15);
  }

  @Test
  void whatIsThere_staysForItsTime_andLongerWhileThePackagerLives() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    settled(publisher);

    List<String> all = await(link.commands().keys("nova:*"));
    assertThat(all).hasSize(2 * 2 + 2 + 1 + 1 + 1 + 1 + 1);
    for (String key : all) {
      if (!key.equals(keys.index())) {
        long most = key.equals(keys.fence(STREAM)) ? 3_600_000 : 600_000;
        assertThat(await(link.commands().pttl(key))).as(key).isBetween(most - 60_000, most);
      }
    }
  }

  @Test
  void mediaOfAStreamThatStandsStill_isKept() {
    RedisMediaPublisher publisher = stream.own(packager, stream.config(64, 10));
    packager.segment(2);
    settled(publisher);
    SegmentKey key =
        packager.key(SOURCE, packager.snapshot().renditions().getFirst().segments().getFirst());
    String name = keys.segment(key);
    assertThat(await(link.commands().pexpire(name, 6_000))).isTrue();

    await("kept for longer", () -> await(link.commands().pttl(name)) > 8_000);
  }

  @Test
  void streamsThatWereNotNamedForLong_areNamedNoMore_byTheClockOfRedis() {
    double now = Long.parseLong(await(link.commands().time()).getFirst().toUtf8()) * 1e3;
    double ttl = RedisConfig.defaults().mediaTtl().toMillis();
    assertThat(await(link.commands().zadd(keys.index(), now - 2 * ttl - 1_000, text("old"))))
        .isOne();
    assertThat(await(link.commands().zadd(keys.index(), now - 2 * ttl + 60_000, text("other"))))
        .isOne();
    stream.skip(Duration.ofHours(10)); // here
    RedisMediaPublisher publisher = stream.own(packager);
    packager.part();
    settled(publisher);

    assertThat(await(link.commands().zrange(keys.index(), 0, -1)))
        .containsExactly(text("other"), text(STREAM.value()));
    assertThat(await(link.commands().zscore(keys.index(), text(STREAM.value()))))
        .isBetween(now - 60_000, now + 60_000);
  }

  @Test
  void removedStream_leavesNothing() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.state(TimelineState.ENDED);
    settled(publisher);

    packager.remove();
    settled(publisher);

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }

  @Test
  void publisherThatIsClosed_hasSentWhatThereWas() {
    RedisMediaPublisher publisher = stream.own(packager);
    for (int segment = 0; segment < 4; segment++) {
      packager.segment(12);
    }

    publisher.close();

    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void disownedStream_staysAsItIs() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot last = packager.snapshot();

    publisher.disown(STREAM);
    packager.part();
    packager.remove();
    settled(publisher);

    assertThat(await(stream.timeline())).contains(last);
  }

  private List<TimelineNotice> notices() {
    List<TimelineNotice> notices = new CopyOnWriteArrayList<>();
    RedisSubscription subscription = stream.redis.connections().subscription("test");
    CompletableFuture<Void> subscribed = new CompletableFuture<>();
    subscription.listen(
        keys.channel(),
        new RedisSubscription.Listener() {
          @Override
          public void onSubscribed() {
            subscribed.complete(null);
          }

          @Override
          public void onMessage(Bytes message) {
            notices.add(TimelineNotice.read(message));
          }
        });
    Void _ = await(subscribed);
    return notices;
  }
}
