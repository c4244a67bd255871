package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.backends.redis.LocalTimelines.Applied;
import nova.core.StreamId;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RandomTimelines;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineDelta;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore.Registration;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class LocalTimelinesTest {
  private static final StreamId STREAM = new StreamId("stream1");

  private final InMemoryTimelineStore store =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final FakeClock clock = new FakeClock();
  private final LocalTimelines local = new LocalTimelines(store, clock::nanoTime);
  private final TestPackager packager = new TestPackager(STREAM, 4, 10, "source");

  @Test
  void deltasThatFollow_areApplied_andOthersAreNot() {
    packager.part();
    TimelineSnapshot first = packager.snapshot();
    packager.part();
    TimelineSnapshot second = packager.snapshot();
    packager.part();
    TimelineSnapshot third = packager.snapshot();
    TimelineDelta toSecond = TimelineDelta.between(first, second);
    TimelineDelta toThird = TimelineDelta.between(second, third);

    assertThat(local.apply(5, toSecond)).isEqualTo(Applied.DOES_NOT_FOLLOW);
    local.put(5, first);
    assertThat(local.apply(5, toThird)).isEqualTo(Applied.DOES_NOT_FOLLOW);
    assertThat(local.apply(4, toSecond)).as("of a former holder").isEqualTo(Applied.OLD);
    assertThat(local.apply(6, toSecond)).isEqualTo(Applied.DOES_NOT_FOLLOW);
    assertThat(local.apply(5, toSecond)).isEqualTo(Applied.APPLIED);
    assertThat(local.apply(5, toSecond)).isEqualTo(Applied.OLD);
    assertThat(local.apply(5, toThird)).isEqualTo(Applied.APPLIED);
    assertThat(store.find(STREAM)).contains(third);
  }

  @Test
  void olderSnapshot_isNotTaken_butThatOfALaterHolderIs_andVersionsRise() {
    packager.segment(3);
    TimelineSnapshot last = packager.snapshot();
    local.put(5, last);
    TestPackager fromAnew = new TestPackager(STREAM, 4, 10, "source");
    fromAnew.part();
    TimelineSnapshot restarted = fromAnew.snapshot();

    local.put(5, restarted);
    assertThat(store.find(STREAM)).contains(last);
    local.put(6, restarted);

    TimelineSnapshot shown = store.find(STREAM).orElseThrow();
    assertThat(shown.version()).isGreaterThan(last.version());
    assertThat(shown.renditions().getFirst().version())
        .isGreaterThan(last.renditions().getFirst().version());
    assertThat(shown.renditions().getFirst().segments())
        .isEqualTo(restarted.renditions().getFirst().segments());
    fromAnew.part();
    assertThat(local.apply(6, TimelineDelta.between(restarted, fromAnew.snapshot())))
        .isEqualTo(Applied.APPLIED);
    assertThat(store.find(STREAM).orElseThrow().version()).isEqualTo(shown.version() + 1);
  }

  @Test
  void removedStream_doesNotComeBackByWhatWasReadBefore() {
    packager.part();
    local.put(5, packager.snapshot());

    assertThat(local.remove(STREAM, 4)).as("by a former holder").isFalse();
    assertThat(store.find(STREAM)).isPresent();
    assertThat(local.remove(STREAM, 5)).isTrue();
    local.put(5, packager.snapshot());

    assertThat(store.find(STREAM)).isEmpty();
    assertThat(local.has(STREAM, 5, 99)).isTrue();
    local.put(6, packager.snapshot());
    assertThat(store.find(STREAM)).isPresent();
  }

  @Test
  void anyHistory_showsTheLatest_withVersionsThatRise() {
    Seeds.each(
        200,
        random -> {
          InMemoryTimelineStore shown =
              new InMemoryTimelineStore(
                  (_, failure) -> {
                    throw new AssertionError(failure);
                  });
          LocalTimelines timelines = new LocalTimelines(shown, System::nanoTime);
          List<TimelineSnapshot> told = new ArrayList<>();
          Registration _ = shown.listen(told::add);
          long token = 1;
          TimelineSnapshot now = RandomTimelines.any(STREAM, random);
          timelines.put(token, now);
          for (int step = 0; step < 30; step++) {
            TimelineSnapshot next = RandomTimelines.next(now, random);
            if (random.nextInt(5) == 0) {
              token++;
              next = RandomTimelines.any(STREAM, random);
              timelines.put(token, next);
            } else if (random.nextInt(5) == 0) {
              timelines.put(token, next);
            } else {
              assertThat(timelines.apply(token, TimelineDelta.between(now, next)))
                  .isEqualTo(Applied.APPLIED);
            }
            now = next;
          }
          assertThat(told).extracting(TimelineSnapshot::version).isSorted().doesNotHaveDuplicates();
          assertThat(segments(shown.find(STREAM).orElseThrow())).isEqualTo(segments(now));
        });
  }

  @Test
  void whatWasFoundElsewhere_isNotTakenBack_byWhatRedisTellsLate() {
    packager.segment(2);
    local.put(5, packager.snapshot());
    packager.part();
    TimelineSnapshot open = packager.snapshot();
    packager.complete();
    TimelineSnapshot complete = packager.snapshot();
    packager.part();
    TimelineSnapshot next = packager.snapshot();
    assertThat(local.show(complete, Duration.ofSeconds(1))).as("too early").isFalse();
    clock.advanceMs(1_000);
    assertThat(local.show(complete, Duration.ofSeconds(1))).isTrue();
    List<TimelineSnapshot> told = new ArrayList<>();
    Registration _ = store.listen(told::add);

    local.put(5, open);
    local.put(5, complete);
    assertThat(local.apply(5, TimelineDelta.between(complete, next))).isEqualTo(Applied.APPLIED);

    assertThat(told).as("nothing but news").containsExactly(next);
  }

  private static List<?> segments(TimelineSnapshot snapshot) {
    return snapshot.renditions().stream().map(RenditionTimeline::segments).toList();
  }
}
