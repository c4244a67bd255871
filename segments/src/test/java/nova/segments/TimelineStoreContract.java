package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore.Registration;
import org.junit.jupiter.api.Test;

/// What every [TimelineStore] must do; each adapter's test extends it.
public abstract class TimelineStoreContract {
  protected static final StreamId STREAM = new StreamId("stream1");
  protected static final StreamId OTHER = new StreamId("stream2");
  protected static final ChannelSlug CHANNEL = new ChannelSlug("live");
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  /// A new, empty store.
  protected abstract TimelineStore newStore();

  @Test
  void snapshot_isFoundByStreamAndByChannel() {
    TimelineStore store = newStore();
    TimelineSnapshot snapshot = snapshot(STREAM, 1, NOON);

    assertThat(store.put(snapshot)).isTrue();

    assertThat(store.find(STREAM)).contains(snapshot);
    assertThat(store.findLatest(CHANNEL)).contains(snapshot);
    assertThat(store.all()).containsExactly(snapshot);
    assertThat(store.find(OTHER)).isEmpty();
    assertThat(store.findLatest(new ChannelSlug("nobody"))).isEmpty();
  }

  @Test
  void olderVersion_changesNothing_andIsNotTold() {
    TimelineStore store = newStore();
    store.put(snapshot(STREAM, 2, NOON));
    List<TimelineSnapshot> told = new ArrayList<>();
    try (Registration _ = store.listen(told::add)) {
      assertThat(store.put(snapshot(STREAM, 2, NOON.plusSeconds(1)))).isFalse();
      assertThat(store.put(snapshot(STREAM, 1, NOON))).isFalse();
    }

    assertThat(told).isEmpty();
    assertThat(store.find(STREAM).orElseThrow().startedAt()).isEqualTo(NOON);
  }

  @Test
  void latestOfAChannel_isTheOneThatStartedLast() {
    TimelineStore store = newStore();
    store.put(snapshot(OTHER, 1, NOON.plusSeconds(60)));
    store.put(snapshot(STREAM, 5, NOON));
    assertThat(store.findLatest(CHANNEL).orElseThrow().stream()).isEqualTo(OTHER);

    store.remove(OTHER);

    assertThat(store.findLatest(CHANNEL).orElseThrow().stream()).isEqualTo(STREAM);
  }

  @Test
  void listener_seesTheSnapshotInTheStore_untilItsRegistrationIsClosed() {
    TimelineStore store = newStore();
    List<Optional<TimelineSnapshot>> found = new ArrayList<>();
    Registration registration = store.listen(s -> found.add(store.find(s.stream())));
    store.put(snapshot(STREAM, 1, NOON));

    registration.close();
    registration.close();
    store.put(snapshot(STREAM, 2, NOON));

    assertThat(found).containsExactly(Optional.of(snapshot(STREAM, 1, NOON)));
  }

  @Test
  void remove_tellsTheLastSnapshotOnce_andForgetsTheStream() {
    TimelineStore store = newStore();
    store.put(snapshot(STREAM, 3, NOON));
    List<TimelineSnapshot> told = new ArrayList<>();
    Registration _ = store.listen(told::add);

    store.remove(STREAM);
    store.remove(STREAM);

    assertThat(told).containsExactly(snapshot(STREAM, 3, NOON));
    assertThat(store.find(STREAM)).isEmpty();
    assertThat(store.findLatest(CHANNEL)).isEmpty();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void removedStream_mayBePutAgain() {
    TimelineStore store = newStore();
    store.put(snapshot(STREAM, 3, NOON));
    store.remove(STREAM);

    assertThat(store.put(snapshot(STREAM, 1, NOON))).isTrue();
    assertThat(store.findLatest(CHANNEL)).isPresent();
  }

  @Test
  void changesOfOneStream_areToldInOrder_whoeverMakesThem() throws Exception {
    TimelineStore store = newStore();
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    Registration _ = store.listen(s -> told.add(s.version()));
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      long offset = writer;
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    for (long version = 1; version <= 2_000; version += 1 + offset) {
                      store.put(snapshot(STREAM, version, NOON));
                    }
                  }));
    }

    go.countDown();
    for (Thread writer : writers) {
      writer.join();
    }

    assertThat(told).isSorted().doesNotHaveDuplicates().endsWith(2_000L);
  }

  protected static TimelineSnapshot snapshot(StreamId stream, long version, Instant startedAt) {
    return new TimelineSnapshot(
        stream, CHANNEL, version, TimelineState.LIVE, startedAt, Optional.empty(), List.of());
  }
}
