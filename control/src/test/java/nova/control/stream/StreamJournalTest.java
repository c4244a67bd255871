package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.database.TestDatabase;
import nova.control.metric.MetricPoint;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Events on their way to the database.
class StreamJournalTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(new StreamId("live"), clock);
  private TestServer server;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    server = TestServer.on(DATABASE.database(), clock);
    var _ = server.channel(SHOW);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatWaits_isWrittenBeforeTheJournalIsClosed() {
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    journal(events.measured(10));
    journal(events.recovering());
    server.journal().close();
    ChannelStream stream = server.streams().find(events.stream());
    assertThat(stream.state()).isEqualTo(StreamState.RECONNECTING);
    assertThat(stream.totals().receivedFrames()).isEqualTo(10);
    assertThat(points()).hasSize(1);
    assertThat(server.journal().backlog()).isZero();
  }

  @Test
  void measurements_areWrittenEveryFiveSeconds_theLatestOfEachStream() throws Exception {
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    for (int second = 1; second <= 7; second++) {
      clock.advance(Duration.ofSeconds(1));
      journal(events.measured(second));
    }
    journal(events.epoch(1)); // wakes it
    awaitPoints(1);
    clock.advance(Duration.ofSeconds(5));
    journal(events.measured(12));
    journal(events.epoch(2));
    awaitPoints(2);
    assertThat(points()).extracting(MetricPoint::receivedFrames).containsExactly(7L, 12L);
  }

  @Test
  void lastMeasurementBeforeTheEnd_isWritten_alsoOfAStreamThatIsShorterThanFiveSeconds() {
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    clock.advance(Duration.ofSeconds(1));
    journal(events.measured(25));
    clock.advance(Duration.ofSeconds(1));
    journal(events.ended(50));
    server.journal().close();
    assertThat(points()).extracting(MetricPoint::receivedFrames).containsExactly(25L);
    assertThat(server.streams().find(events.stream()).totals().receivedFrames()).isEqualTo(50);
    assertThat(server.broadcasts().stopped()).isEmpty();
  }

  @Test
  void eventThatCannotBeWritten_isPassedOver() throws Exception {
    TestEvents poisoned = new TestEvents(new StreamId("poisoned"), clock);
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    journal(
        new StreamEvent.StreamStarted(
            poisoned.stream(), Instant.MAX, SHOW, "192.0.2.9", "", Optional.empty()));
    journal(events.recovering());
    journal(new StreamEvent.EpochBegan(events.stream(), Instant.MIN, epoch(1), List.of()));
    journal(events.epoch(1));
    journal(events.ended(5));
    server.journal().close();
    assertThat(server.streams().find(events.stream()).state())
        .isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(server.count("streams")).isEqualTo(1);
    assertThat(server.journal().backlog()).isZero();
  }

  @Test
  void measurementThatCannotBeWritten_isLeftOut_andNoOther() {
    TestEvents other = new TestEvents(new StreamId("other"), clock);
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    journal(
        new StreamEvent.StreamMeasured(
            other.stream(),
            clock.instant(),
            new StreamHealth(-1, 0, Double.NaN, 0, -1, 0, 0, 0, List.of())));
    journal(
        new StreamEvent.StreamMeasured(
            new StreamId("whenever"), Instant.MAX, StreamHealth.NOTHING));
    journal(events.measured(33));
    server.journal().close();
    assertThat(points()).extracting(MetricPoint::receivedFrames).containsExactly(33L);
    assertThat(server.streams().find(events.stream()).totals().receivedFrames()).isEqualTo(33);
  }

  @Test
  void broadcastThatMayNotBe_isStopped() throws Exception {
    Semaphore stopped = new Semaphore(0);
    server
        .broadcasts()
        .onStop(
            _ -> {
              stopped.release();
              return true;
            });
    journal(events.started(new ChannelSlug("nobody"), Optional.empty()));
    assertThat(stopped.tryAcquire(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.broadcasts().stopped()).containsExactly("live: The channel was deleted.");
  }

  @Test
  void broadcastWhoseStreamIsOver_isStopped_whenItIsMeasured() {
    journal(events.started(SHOW, Optional.empty()));
    journal(events.epoch(0));
    journal(events.error(Optional.empty()));
    server.journal().close();
    assertThat(server.broadcasts().stopped()).isEmpty();
    try (StreamJournal next = small()) {
      next.onEvent(events.measured(10));
    }
    assertThat(server.broadcasts().stopped()).containsExactly("live: The stream is over already.");
  }

  @Test
  void tooManyThatWait_areDroppedAndCounted_theLatestFirst() throws Exception {
    StreamJournal small = small();
    try (Blocked blocked = new Blocked()) {
      try (StreamJournal journal = small) {
        journal.onEvent(events.started(SHOW, Optional.empty()));
        journal.onEvent(events.epoch(0));
        journal.onEvent(events.recovering());
        journal.onEvent(events.ended(1));
        journal.onEvent(events.ended(2));
        assertThat(journal.backlog()).isEqualTo(3);
        assertThat(journal.dropped()).isEqualTo(2);
        for (int i = 0; i < 5; i++) {
          clock.advance(Duration.ofMillis(1));
          journal.onEvent(new TestEvents(new StreamId("stream" + i), clock).measured(1));
        }
        blocked.release();
      }
    }
    assertThat(small.droppedMeasurements()).isEqualTo(3);
    assertThat(server.streams().find(events.stream()).state()).isEqualTo(StreamState.RECONNECTING);
    assertThat(server.select("SELECT string_agg(stream_id, ' ' ORDER BY at) FROM stream_metrics"))
        .as("the oldest measurements go")
        .contains("stream3 stream4");
  }

  @Test
  void close_isBounded_whenTheDatabaseHangs() throws Exception {
    try (Blocked _ = new Blocked()) {
      journal(events.started(SHOW, Optional.empty()));
      journal(events.epoch(0));
      long begin = System.nanoTime();
      server.journal().close();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
      assertThat(server.journal().backlog()).as("lost, and counted so").isEqualTo(2);
    }
  }

  private static Epoch epoch(int number) {
    return new Epoch(number);
  }

  private StreamJournal small() {
    return StreamJournal.start(
        DATABASE.database(),
        server.recorder(),
        server.metrics(),
        server.broadcasts(),
        clock::nanoTime,
        Thread.ofVirtual().factory(),
        3,
        2);
  }

  /// Nobody writes while it is open.
  private static final class Blocked implements AutoCloseable {
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletableFuture<Void> holder;

    Blocked() throws InterruptedException {
      CountDownLatch held = new CountDownLatch(1);
      holder =
          CompletableFuture.runAsync(
              () ->
                  DATABASE.useTransaction(
                      handle -> {
                        int _ = handle.execute("LOCK TABLE channels IN EXCLUSIVE MODE");
                        held.countDown();
                        awaitRelease();
                      }),
              Thread::startVirtualThread);
      assertThat(held.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void awaitRelease() {
      try {
        boolean _ = released.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void release() {
      released.countDown();
    }

    @Override
    public void close() {
      release();
      Void _ = holder.orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private void journal(StreamEvent event) {
    server.journal().onEvent(event);
  }

  private List<MetricPoint> points() {
    return server
        .metrics()
        .series(
            events.stream(),
            clock.instant().minusSeconds(60),
            clock.instant().plusSeconds(60),
            Duration.ofSeconds(1));
  }

  private void awaitPoints(int count) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(points()).hasSizeGreaterThanOrEqualTo(count));
  }
}
