package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.Poster;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisMediaPublisherTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final RenditionId SOURCE = new RenditionId("source");
  private static final long TOKEN = 1_000;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicLong skippedNanos = new AtomicLong();
  private final AtomicInteger malformed = new AtomicInteger();
  private final TestPackager packager = new TestPackager(STREAM, 8, 3_000, "source", "audio");
  private EmbeddedRedis redis;
  private RedisMediaReader reader;
  private RedisLink link;
  private MediaKeys keys;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.open();
    RedisConnections connections = connections(RedisConfig.at(redis.url()));
    RedisMetrics metrics =
        new RedisMetrics() {
          @Override
          public void malformed(String reason) {
            malformed.incrementAndGet();
          }
        };
    reader = RedisMediaReader.open(connections, metrics, System::nanoTime);
    link = connections.link(RedisArea.MEDIA, "test");
    keys = new MediaKeys(link.keys());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    redis.close();
  }

  @Test
  void everythingListed_isInRedis_asThePackagerPutIt() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 3; segment++) {
      packager.segment(4);
    }
    packager.nextEpoch();
    packager.part();
    packager.part();

    settled(publisher);

    assertRedisHasWhatIsListed(packager);
    TimelineSegment open = packager.snapshot().renditions().getFirst().segments().getLast();
    assertThat(open.complete()).isFalse();
    SegmentKey key = packager.key(SOURCE, open);
    assertThat(await(reader.part(key, 1))).isEqualTo(packager.segments.part(key, 1));
    assertThat(await(reader.segment(key))).isEmpty();
    assertThat(await(link.commands().zrange(keys.index(), 0, -1)))
        .containsExactly(text(STREAM.value()));
    assertThat(lost).hasValue(0);
  }

  @Test
  void partThatIsNotListed_doesNotHideItsSegment_butOneThatIsLostDoes() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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
    assertThat(malformed).hasValue(2);
  }

  @Test
  void whatWasThereBeforeItWasOwned_isPublishedToo_theNewestFirst() {
    packager.segment(2);
    packager.segment(2);
    RedisMediaPublisher publisher = publisher(packager);
    assertThat(await(link.commands().keys("*"))).isEmpty();

    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    settled(publisher);

    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void notices_followEachOther_withDeltasThatLeadFromOneToTheNext() {
    List<TimelineNotice> notices = notices();
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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
  void segmentsThatLeaveThePackagersStore_leaveRedis() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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
    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void streamAboveItsCap_losesItsOldestSegments() {
    TestPackager large = new TestPackager(STREAM, 30, 100_000, "source");
    AtomicInteger evicted = new AtomicInteger();
    RedisMetrics metrics =
        new RedisMetrics() {
          @Override
          public void evicted() {
            evicted.incrementAndGet();
          }
        };
    RedisMediaPublisher publisher = publisher(large, with(redis, 1, 30), metrics);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 20; segment++) {
      large.segment(1);
    }

    settled(publisher);

    assertThat(await(link.commands().keys("*segment*"))).hasSize(10);
    assertThat(evicted).hasValue(10);
    TimelineSegment newest = large.snapshot().renditions().getFirst().segments().getLast();
    assertThat(await(reader.segment(large.key(SOURCE, newest)))).isPresent();
  }

  @Test
  void whatIsThere_staysForItsTime_andLongerWhileThePackagerLives() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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
    RedisMediaPublisher publisher = publisher(packager, with(redis, 64, 10), RedisMetrics.NONE);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    SegmentKey key =
        packager.key(SOURCE, packager.snapshot().renditions().getFirst().segments().getFirst());
    String name = keys.segment(key);
    assertThat(await(link.commands().pexpire(name, 6_000))).isTrue();

    await("kept for longer", () -> await(link.commands().pttl(name)) > 8_000);
  }

  @Test
  void lowerToken_isRefused_andItsOwnerIsTold() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot before = packager.snapshot();
    assertThat(await(link.commands().set(keys.fence(STREAM), text("1001")))).isEqualTo("OK");

    packager.part();
    await("the stream is lost", () -> lost.get() == 1);
    packager.part();
    settled(publisher);

    assertThat(await(timeline())).contains(before);
    assertThat(await(link.commands().keys("*segment*"))).hasSize(2);
    assertThat(lost).hasValue(1);
  }

  @Test
  void anotherNode_goesOn_withTheMediaOfTheFirst_whoseWritesAreRefused() {
    RedisMediaPublisher first = publisher(packager);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 6; segment++) {
      packager.segment(2);
    }
    settled(first);
    TestPackager next = new TestPackager(packager.snapshot(), 8, 3_000);
    RedisMediaPublisher second = publisher(next);
    second.own(STREAM, TOKEN + 1, () -> {});
    next.segment(2);
    settled(second);

    packager.segment(2);
    await("the first has lost it", () -> lost.get() == 1);

    assertThat(await(timeline())).contains(next.snapshot());
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
  void mediaOfTheNodeBefore_listedOrNot_countsAgainstTheCap() {
    RedisConfig config = with(redis, 1, 30);
    TestPackager before = new TestPackager(STREAM, 4, 100_000, "source");
    RedisMediaPublisher first = publisher(before, config, RedisMetrics.NONE);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 10; segment++) {
      before.segment(1);
      settled(first);
    }
    assertThat(mediaBytes()).as("also what players hold that are behind").isGreaterThan(700_000);

    TestPackager next = new TestPackager(before.snapshot(), 4, 100_000);
    RedisMediaPublisher second = publisher(next, config, RedisMetrics.NONE);
    second.own(STREAM, TOKEN + 1, () -> {});
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
    RedisMediaPublisher first = publisher(packager);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 20; segment++) {
      packager.segment(2);
      settled(first);
    }
    TestPackager next = new TestPackager(packager.snapshot(), 8, 3_000);
    RedisMediaPublisher second = publisher(next);
    second.own(STREAM, TOKEN + 1, () -> {});
    next.segment(2);
    settled(second);
    List<String> unlisted = unlisted(next);
    assertThat(unlisted).as("of the node before, unlisted then or now").hasSizeGreaterThan(2 * 8);

    skip(Duration.ofSeconds(5)); // of 8 x 2/3 s and two target durations of 4 s
    next.segment(2);
    settled(second);
    assertThat(unlisted(next)).containsAll(unlisted);

    skip(Duration.ofSeconds(10));
    next.segment(2);
    settled(second);
    assertThat(unlisted(next)).doesNotContainAnyElementsOf(unlisted).hasSize(2 * 2);
    assertThat(await(timeline())).contains(next.snapshot());
    assertThat(next.snapshot().renditions().getFirst().segments())
        .allMatch(segment -> await(reader.segment(next.key(SOURCE, segment))).isPresent());
  }

  @Test
  void streamThatIsRemovedByAnotherNode_leavesNothingOfTheFirst() {
    RedisMediaPublisher first = publisher(packager);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 20; segment++) {
      packager.segment(2);
      settled(first);
    }
    TestPackager next = new TestPackager(packager.snapshot(), 8, 3_000);
    RedisMediaPublisher second = publisher(next);
    second.own(STREAM, TOKEN + 1, () -> {});
    next.segment(2);
    settled(second);

    next.remove();
    settled(second);

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }

  @Test
  void mediaThatIsGone_isNotNamedForEver() {
    RedisMediaPublisher first = publisher(packager);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 10; segment++) {
      packager.segment(2);
      settled(first);
    }
    SegmentKey gone = new SegmentKey(STREAM, SOURCE, new Epoch(0), 10); // not listed
    assertThat(await(link.commands().del(keys.segment(gone)))).isEqualTo(1);
    assertThat(await(link.commands().sadd(keys.stored(STREAM), text("nova:segment:{x}:a:0:1"))))
        .isEqualTo(1);

    TestPackager next = new TestPackager(packager.snapshot(), 8, 3_000);
    RedisMediaPublisher second = publisher(next);
    second.own(STREAM, TOKEN + 1, () -> {});
    next.segment(2);
    settled(second);

    assertThat(await(link.commands().smembers(keys.stored(STREAM))))
        .doesNotContain(text(keys.segment(gone)))
        .contains(text(keys.segment(new SegmentKey(STREAM, SOURCE, new Epoch(0), 11))));
  }

  @Test
  void publishedPart_neverChanges() {
    RedisMediaPublisher first = publisher(packager);
    first.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.part();
    settled(first);
    SegmentKey key =
        packager.key(SOURCE, packager.snapshot().renditions().getFirst().segments().getFirst());
    Optional<Bytes> published = packager.segments.part(key, 0);
    first.disown(STREAM);
    TestPackager other = new TestPackager(STREAM, 8, 77, "source", "audio");
    RedisMediaPublisher second = publisher(other);

    other.part();
    other.part();
    second.own(STREAM, TOKEN + 1, () -> {});
    settled(second);

    assertThat(await(reader.part(key, 0))).isEqualTo(published);
    assertThat(await(reader.part(key, 1))).isEqualTo(other.segments.part(key, 1));
  }

  @Test
  void emptiedRedis_isFilledAgain() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 10; segment++) {
      packager.segment(2);
    }
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    settled(publisher);

    redis.restart();

    await("the timeline is there again", () -> hasTimeline(packager.snapshot()));
    settled(publisher);
    assertRedisHasWhatIsListed(packager);
    assertThat(await(reader.poster(STREAM))).isPresent();
    assertThat(await(link.commands().get(keys.fence(STREAM)))).isEqualTo(text("1000"));
  }

  @Test
  void redisThatForgetsWithoutSayingSo_isFilledWithTheNextPart() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    packager.part();
    settled(publisher);
    assertThat(await(link.commands().flushall())).isEqualTo("OK");

    packager.part();

    await("it is there", () -> hasTimeline(packager.snapshot()));
    settled(publisher);
    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void redisThatIsAway_neverHoldsThePackagerUp_andGetsEverythingLater() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    redis.freeze();
    Instant start = Instant.now();
    for (int segment = 0; segment < 12; segment++) {
      packager.segment(2);
    }
    redis.stop();
    for (int segment = 0; segment < 12; segment++) {
      packager.segment(2);
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));

    redis.start();

    await("it is there", () -> hasTimeline(packager.snapshot()));
    settled(publisher);
    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void fullRedis_isTriedAgain_andNamesNoPartThatIsNotThere() {
    assertThat(await(link.commands().configSet("maxmemory-policy", "noeviction"))).isEqualTo("OK");
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot before = packager.snapshot();
    assertThat(await(link.commands().configSet("maxmemory", "1"))).isEqualTo("OK");

    packager.part();
    await("it is refused", () -> !publisher.isIdle());
    assertThat(await(timeline())).contains(before);
    assertThat(await(link.commands().configSet("maxmemory", "0"))).isEqualTo("OK");

    await("it is there", () -> hasTimeline(packager.snapshot()));
    settled(publisher);
    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void streamsThatWereNotNamedForLong_areNamedNoMore_byTheClockOfRedis() {
    double now = Long.parseLong(await(link.commands().time()).getFirst().toUtf8()) * 1e3;
    double ttl = RedisConfig.defaults().mediaTtl().toMillis();
    assertThat(await(link.commands().zadd(keys.index(), now - 2 * ttl - 1_000, text("old"))))
        .isOne();
    assertThat(await(link.commands().zadd(keys.index(), now - 2 * ttl + 60_000, text("other"))))
        .isOne();
    skip(Duration.ofHours(10)); // here
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.part();
    settled(publisher);

    assertThat(await(link.commands().zrange(keys.index(), 0, -1)))
        .containsExactly(text("other"), text(STREAM.value()));
    assertThat(await(link.commands().zscore(keys.index(), text(STREAM.value()))))
        .isBetween(now - 60_000, now + 60_000);
  }

  @Test
  void keyOfAnotherType_makesWay_andIsCounted() {
    List<String> malformed = new CopyOnWriteArrayList<>();
    RedisMetrics metrics =
        new RedisMetrics() {
          @Override
          public void malformed(String reason) {
            malformed.add(reason);
          }
        };
    RedisMediaPublisher publisher = publisher(packager, RedisConfig.at(redis.url()), metrics);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    settled(publisher);

    long next = packager.snapshot().renditions().getFirst().segments().getLast().number() + 1;
    List<String> names =
        List.of(
            keys.init(STREAM, SOURCE, new Epoch(1)),
            keys.segment(new SegmentKey(STREAM, SOURCE, new Epoch(1), next)),
            keys.timeline(STREAM),
            keys.poster(STREAM),
            keys.stored(STREAM),
            keys.fence(STREAM));
    packager.complete();
    packager.nextEpoch();
    for (String name : names) {
      settled(publisher);
      assertThat(await(link.commands().del(name))).isBetween(0L, 1L);
      assertThat(await(link.commands().lpush(name, text("junk")))).isOne();
      malformed.clear();
      packager.posters.put(
          STREAM, new Poster(text("jpeg"), TestPackager.NOON.plusSeconds(names.indexOf(name))));

      packager.part();

      await(name, () -> hasTimeline(packager.snapshot()));
      settled(publisher);
      assertThat(malformed).as(name).contains("wrong-type");
    }
    assertRedisHasWhatIsListed(packager);
    assertThat(await(reader.poster(STREAM))).isPresent();
    assertThat(await(link.commands().type(keys.stored(STREAM)))).isEqualTo("set");
    assertThat(lost).hasValue(0);
  }

  @Test
  void streamOfAnotherType_canBeRemoved() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    assertThat(await(link.commands().set(keys.timeline(STREAM), text("junk")))).isEqualTo("OK");

    packager.remove();

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }

  @Test
  void removedStream_leavesNothing() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    for (int segment = 0; segment < 4; segment++) {
      packager.segment(12);
    }

    publisher.close();

    assertRedisHasWhatIsListed(packager);
  }

  @Test
  void disownedStream_staysAsItIs() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot last = packager.snapshot();

    publisher.disown(STREAM);
    packager.part();
    packager.remove();
    settled(publisher);

    assertThat(await(timeline())).contains(last);
  }

  @Test
  void poster_isTheLatest() {
    RedisMediaPublisher publisher = publisher(packager);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
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

  private void skip(Duration time) {
    skippedNanos.addAndGet(time.toNanos());
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

  private List<TimelineNotice> notices() {
    List<TimelineNotice> notices = new CopyOnWriteArrayList<>();
    RedisSubscription subscription = connections(RedisConfig.at(redis.url())).subscription("test");
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

  private CompletionStage<Optional<TimelineSnapshot>> timeline() {
    return new StoredTimelines(link, RedisMetrics.NONE)
        .whole(STREAM)
        .thenApply(found -> found.map(StoredTimelines.Stored::snapshot));
  }

  private boolean hasTimeline(TimelineSnapshot snapshot) {
    return await(timeline().exceptionally(_ -> Optional.empty())).equals(Optional.of(snapshot));
  }

  private void assertRedisHasWhatIsListed(TestPackager expected) {
    TimelineSnapshot snapshot = expected.snapshot();
    assertThat(await(timeline())).contains(snapshot);
    for (RenditionTimeline rendition : snapshot.renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        SegmentKey key = expected.key(rendition.id(), segment);
        for (int part = 0; part < segment.parts().size(); part++) {
          assertThat(await(reader.part(key, part)))
              .as("%s part %d", key, part)
              .isEqualTo(expected.segments.part(key, part));
        }
        assertThat(await(reader.segment(key)))
            .as("%s", key)
            .isEqualTo(expected.segments.segment(key));
        assertThat(await(reader.init(STREAM, rendition.id(), segment.epoch())))
            .isPresent()
            .isEqualTo(expected.segments.init(STREAM, rendition.id(), segment.epoch()));
      }
    }
  }

  private static void settled(RedisMediaPublisher publisher) {
    await("everything is published", publisher::isIdle);
  }

  private RedisConnections connections(RedisConfig config) {
    return connections(config, RedisMetrics.NONE);
  }

  private RedisConnections connections(RedisConfig config, RedisMetrics metrics) {
    RedisConnections connections = TestConnections.open(config, metrics);
    opened.add(connections);
    return connections;
  }

  private RedisMediaPublisher publisher(TestPackager of) {
    return publisher(of, RedisConfig.at(redis.url()), RedisMetrics.NONE);
  }

  private RedisMediaPublisher publisher(TestPackager of, RedisConfig config, RedisMetrics metrics) {
    RedisMediaPublisher publisher =
        RedisMediaPublisher.start(
            connections(config, metrics),
            of.timelines,
            of.segments,
            of.posters,
            metrics,
            () -> System.nanoTime() + skippedNanos.get(),
            Thread.ofPlatform().daemon().factory());
    opened.add(publisher);
    return publisher;
  }

  private static RedisConfig with(EmbeddedRedis redis, int capMiB, int ttlSeconds) {
    RedisConfig config = RedisConfig.at(redis.url());
    return new RedisConfig(
        config.url(),
        config.caFile(),
        config.databases(),
        config.keyPrefix(),
        config.timeout(),
        DataSize.ofMiB(capMiB),
        Duration.ofSeconds(ttlSeconds),
        config.streamKeyTtl(),
        config.inFlight(),
        config.queuedCommands());
  }
}
