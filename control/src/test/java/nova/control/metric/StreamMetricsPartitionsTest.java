package nova.control.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import nova.control.database.DatabaseAwayException;
import nova.control.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamMetricsPartitionsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T23:59:59.999Z");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
  private static final Duration KEEP = Duration.ofDays(2);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final StreamMetricsPartitions partitions = new StreamMetricsPartitions();

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(
        handle ->
            partitions
                .days(handle)
                .forEach(
                    day ->
                        handle.execute(
                            "DROP TABLE stream_metrics_" + day.toString().replace("-", ""))));
  }

  private List<LocalDate> days() {
    return DATABASE.inTransaction(partitions::days);
  }

  @Test
  void todayAndThreeDaysAhead_haveTables_onceHoweverOftenItIsDone() {
    DATABASE.useTransaction(handle -> partitions.ensureAhead(handle, NOW));
    DATABASE.useTransaction(handle -> partitions.ensureAhead(handle, NOW));
    assertThat(days()).containsExactlyElementsOf(TODAY.datesUntil(TODAY.plusDays(4)).toList());

    DATABASE.useTransaction(handle -> partitions.ensureAhead(handle, NOW.plusMillis(1)));
    assertThat(days()).hasSize(5).contains(TODAY.plusDays(4));
  }

  @Test
  void oldDays_go_whenAllOfThemIsOlder() {
    DATABASE.useTransaction(handle -> partitions.ensureAhead(handle, NOW));
    Instant third = Instant.parse("2026-11-25T00:00:00Z");

    List<LocalDate> early =
        DATABASE.inTransaction(h -> partitions.dropOlder(h, third.minusMillis(1), KEEP));
    List<LocalDate> dropped = DATABASE.inTransaction(h -> partitions.dropOlder(h, third, KEEP));
    List<LocalDate> again = DATABASE.inTransaction(h -> partitions.dropOlder(h, third, KEEP));

    assertThat(early).isEmpty();
    assertThat(dropped).containsExactly(TODAY);
    assertThat(again).isEmpty();
    assertThat(days()).hasSize(3).doesNotContain(TODAY);
  }

  @Test
  void serversAtTheSameTime_makeEveryTableOnce_andNoneFails() throws Exception {
    Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    for (int round = 0; round < 5; round++) {
      Instant now = NOW.plus(Duration.ofDays(10L * round));
      CountDownLatch begun = new CountDownLatch(3);
      List<CompletableFuture<Void>> servers =
          IntStream.range(0, 3)
              .mapToObj(
                  _ ->
                      CompletableFuture.runAsync(
                          () ->
                              DATABASE.useTransaction(
                                  handle -> {
                                    begun.countDown();
                                    await(begun);
                                    partitions.ensureAhead(handle, now);
                                  }),
                          threads))
              .toList();
      for (CompletableFuture<Void> server : servers) {
        assertThat(server.get(20, TimeUnit.SECONDS)).isNull();
      }
    }
    assertThat(days()).hasSize(20);
  }

  @Test
  void tables_areMadeWhileOthersRead_andDroppedOnlyWhenNobodyDoes() throws Exception {
    DATABASE.useTransaction(handle -> partitions.ensureAhead(handle, NOW));
    Instant later = NOW.plus(KEEP.multipliedBy(5));
    Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () ->
                DATABASE.useTransaction(
                    handle -> {
                      int _ =
                          handle
                              .createQuery("SELECT count(*) FROM stream_metrics")
                              .mapTo(int.class)
                              .one();
                      reading.countDown();
                      await(done);
                    }),
            threads);
    await(reading);

    DATABASE.useTransaction(handle -> partitions.ensureFor(handle, List.of(later)));
    assertThatThrownBy(
            () -> DATABASE.inTransaction(handle -> partitions.dropOlder(handle, later, KEEP)))
        .isInstanceOf(DatabaseAwayException.class);
    assertThat(days()).hasSize(5);

    done.countDown();
    assertThat(reader.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(
            DATABASE.<List<LocalDate>>inTransaction(
                handle -> partitions.dropOlder(handle, later, KEEP)))
        .hasSize(4);
  }

  @Test
  void maintenance_makesAndDropsTables_atTheStartAndAgain_andEndsWhenClosed() throws Exception {
    Instant old = NOW.minus(Duration.ofDays(9));
    DATABASE.useTransaction(handle -> partitions.ensureFor(handle, List.of(old)));
    Semaphore asked = new Semaphore(0);
    InstantSource clock =
        () -> {
          asked.release();
          return NOW;
        };
    AtomicReference<Thread> thread = new AtomicReference<>();
    MetricsMaintenance maintenance =
        MetricsMaintenance.start(
            DATABASE.database(),
            partitions,
            new MetricsConfig(KEEP),
            clock,
            work -> thread.updateAndGet(_ -> Thread.ofVirtual().unstarted(work)),
            Duration.ofMillis(1),
            Duration.ofMillis(1));
    try (maintenance) {
      // Asked twice each time, so the first time is over.
      assertThat(asked.tryAcquire(3, 20, TimeUnit.SECONDS)).isTrue();
      assertThat(days()).hasSize(4).doesNotContain(LocalDate.parse("2026-11-13"));
      DATABASE.useTransaction(handle -> partitions.ensureFor(handle, List.of(old)));
      int _ = asked.drainPermits();
      assertThat(asked.tryAcquire(4, 20, TimeUnit.SECONDS)).isTrue();
      assertThat(days()).hasSize(4);
    }
    assertThat(thread.get().isAlive()).isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
