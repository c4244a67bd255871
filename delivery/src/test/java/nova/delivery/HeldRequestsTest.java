package nova.delivery;

import static nova.delivery.Broadcast.AUDIO;
import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoredMedia;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class HeldRequestsTest {
  /// An event loop that a test turns by hand.
  private static final class HandLoop implements LoopExecutor {
    final Queue<Runnable> tasks = new ArrayDeque<>();
    final Queue<Runnable> timers = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
      timers.add(task);
    }

    int run(Queue<Runnable> queue) {
      List<Runnable> due = new ArrayList<>(queue);
      queue.clear();
      due.forEach(Runnable::run);
      return due.size();
    }
  }

  private final FakeClock clock = new FakeClock();
  private final CountingMetrics metrics = new CountingMetrics();
  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (snapshot, failure) -> {
            throw new AssertionError(failure);
          });
  private final InMemorySegmentStore segments =
      new InMemorySegmentStore(SegmentStoreConfig.defaults());
  private static final StreamEvents EVENTS =
      new InProcessStreamEvents(
          (_, failure) -> {
            throw new AssertionError(failure);
          });

  private final BlockingReload reload =
      new BlockingReload(
          new DeliveryConfig(Duration.ofSeconds(10), 2, 5, Duration.ofSeconds(30), 10, 10),
          new DeliveryPorts(
              new StoredMedia(segments, new InMemoryPosterStore()),
              timelines,
              PlaybackGate.OPEN,
              new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault()),
              EVENTS,
              metrics,
              clock,
              clock::nanoTime));
  private final Broadcast broadcast =
      new Broadcast(timelines, segments, "abcd2345efgh6789", "live", clock.instant(), 10)
          .withVideo()
          .segments(1)
          .put();
  private final HandLoop loop = new HandLoop();
  private final HeldRequests held = reload.join(loop);
  private final List<HoldOutcome> outcomes = new ArrayList<>();

  private HeldRequests.Request request(String address, long msn, long part) {
    return new HeldRequests.Request(
        broadcast.stream(),
        RequestKind.MEDIA_PLAYLIST,
        address,
        new Awaited.PartOfPlaylist(VIDEO, msn, part),
        Duration.ofSeconds(12));
  }

  @Test
  void changes_inABurst_costOneTaskPerLoop() {
    HandLoop idle = new HandLoop();
    HeldRequests unused = reload.join(idle);
    assertThat(unused).isNotNull();
    for (int i = 0; i < 3; i++) {
      assertThat(held.hold(request("127.0.0.1", 1, i), outcomes::add)).isPresent();
    }

    for (int i = 0; i < 3; i++) {
      broadcast.part(VIDEO).put();
    }

    assertThat(idle.tasks).isEmpty();
    assertThat(loop.run(loop.tasks)).isEqualTo(1);
    assertThat(outcomes).hasSize(3).allMatch(o -> o instanceof HoldOutcome.Ready);
    assertThat(metrics.held).hasValue(0);
  }

  @Test
  void answering_thatBringsTheNextRequest_isSafe() {
    assertThat(
            held.hold(
                request("127.0.0.1", 1, 0),
                outcome -> {
                  outcomes.add(outcome);
                  assertThat(held.hold(request("127.0.0.1", 1, 1), outcomes::add)).isPresent();
                }))
        .isPresent();

    broadcast.part(VIDEO).put();
    loop.run(loop.tasks);
    broadcast.part(VIDEO).put();
    loop.run(loop.tasks);

    assertThat(outcomes).hasSize(2);
  }

  @Test
  void answers_dueAtOnce_goOutShortestFirst() {
    Broadcast both = videoAndAudio();
    List<Awaited> awaited =
        List.of(
            new Awaited.HintedPart(VIDEO, new Epoch(0), 1, 0),
            new Awaited.HintedPart(AUDIO, new Epoch(0), 1, 0),
            new Awaited.PartOfPlaylist(VIDEO, 1, 0));
    List<Awaited> answered = new ArrayList<>();
    for (Awaited one : awaited) {
      assertThat(held.hold(request(both, one), _ -> answered.add(one))).isPresent();
    }

    both.part(VIDEO).part(AUDIO).put();
    loop.run(loop.tasks);

    assertThat(answered).containsExactlyElementsOf(awaited.reversed());
  }

  @Test
  void answer_thatIsDueAfterACrowdOfLongerOnes_overtakesThoseNotYetSent() {
    BlockingReload roomy =
        new BlockingReload(
            DeliveryConfig.defaults(),
            new DeliveryPorts(
                new StoredMedia(segments, new InMemoryPosterStore()),
                timelines,
                PlaybackGate.OPEN,
                new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault()),
                EVENTS,
                metrics,
                clock,
                clock::nanoTime));
    HeldRequests crowd = roomy.join(loop);
    Broadcast both = videoAndAudio();
    Awaited part = new Awaited.HintedPart(VIDEO, new Epoch(0), 1, 0);
    Awaited playlist = new Awaited.PartOfPlaylist(AUDIO, 1, 0);
    List<Awaited> answered = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      assertThat(crowd.hold(request(both, part), _ -> answered.add(part))).isPresent();
    }
    assertThat(crowd.hold(request(both, playlist), _ -> answered.add(playlist))).isPresent();

    both.part(VIDEO).put();
    loop.run(loop.tasks);
    both.part(AUDIO).put();
    while (!loop.tasks.isEmpty()) {
      loop.run(loop.tasks);
    }

    assertThat(answered).hasSize(101);
    assertThat(answered.indexOf(playlist)).isBetween(1, 99);
    assertThat(metrics.held).hasValue(0);
  }

  private Broadcast videoAndAudio() {
    return new Broadcast(timelines, segments, "efgh2345abcd6789", "both", clock.instant(), 10)
        .withVideo()
        .withAudio()
        .segments(1)
        .put();
  }

  private static HeldRequests.Request request(Broadcast broadcast, Awaited awaited) {
    return new HeldRequests.Request(
        broadcast.stream(), RequestKind.PART, "127.0.0.1", awaited, Duration.ofSeconds(12));
  }

  @Test
  void holding_beyondTheLimitOfAnAddress_isRefusedUntilOneIsAnswered() {
    var first = held.hold(request("203.0.113.7", 1, 0), outcomes::add).orElseThrow();
    assertThat(held.hold(request("203.0.113.7", 1, 0), outcomes::add)).isPresent();
    assertThat(held.hold(request("203.0.113.7", 1, 0), outcomes::add)).isEmpty();
    assertThat(outcomes).containsExactly(new HoldOutcome.Refused(Refusal.TOO_MANY_HELD_BY_ADDRESS));
    assertThat(held.hold(request("203.0.113.8", 1, 0), outcomes::add)).isPresent();

    first.forget();
    first.forget();

    assertThat(held.hold(request("203.0.113.7", 1, 0), outcomes::add)).isPresent();
    assertThat(metrics.held).hasValue(3);
    assertThat(metrics.count("refused too-many-held-by-address")).isEqualTo(1);
  }

  @Test
  void deadline_withoutAnyChange_isFoundByTheSweep() {
    assertThat(held.hold(request("127.0.0.1", 1, 0), outcomes::add)).isPresent();
    clock.advance(Duration.ofSeconds(6));
    assertThat(held.hold(request("127.0.0.1", 1, 0), outcomes::add)).isPresent();
    assertThat(loop.run(loop.timers)).isEqualTo(1);
    assertThat(outcomes).isEmpty();

    clock.advance(Duration.ofSeconds(6));
    loop.run(loop.timers);
    assertThat(outcomes).hasSize(1).allMatch(o -> o instanceof HoldOutcome.TimedOut);
    clock.advance(Duration.ofSeconds(6));
    loop.run(loop.timers);

    assertThat(outcomes).hasSize(2);
    assertThat(loop.timers).as("no timer when nothing is held").isEmpty();
  }

  @Test
  void hold_ofAnUnknownStream_isGoneAtOnce() {
    HeldRequests.Request request =
        new HeldRequests.Request(
            new StreamId("unknown"),
            RequestKind.PART,
            "127.0.0.1",
            new Awaited.Start(),
            Duration.ofSeconds(1));

    assertThat(held.hold(request, outcomes::add)).isEmpty();
    assertThat(outcomes).containsExactly(new HoldOutcome.Gone());
  }

  @Test
  void pastStreams_beyondCapacity_forgetTheOldest() {
    PastStreams past = new PastStreams(2);
    past.add(new StreamId("aaaa"));
    past.add(new StreamId("bbbb"));
    past.add(new StreamId("aaaa"));
    past.add(new StreamId("cccc"));

    assertThat(past.contains(new StreamId("aaaa"))).isTrue();
    assertThat(past.contains(new StreamId("bbbb"))).isFalse();
    assertThat(past.contains(new StreamId("cccc"))).isTrue();
  }
}
