package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

/// What every [SegmentStore] must do; each adapter's test extends it.
public abstract class SegmentStoreContract {
  protected static final StreamId STREAM = new StreamId("stream1");
  protected static final StreamId OTHER = new StreamId("stream2");
  protected static final RenditionId SOURCE = new RenditionId("source");
  protected static final RenditionId AUDIO = new RenditionId("audio");
  protected static final Epoch FIRST = new Epoch(0);

  /// A new, empty store with these caps.
  protected abstract SegmentStore newStore(long memoryBytes, long memoryPerStreamBytes);

  private SegmentStore newStore() {
    return newStore(16 << 20, 8 << 20);
  }

  @Test
  void part_isFoundAsSoonAsItWasPut() {
    SegmentStore store = newStore();

    assertThat(store.putPart(key(3), 0, bytes("a"))).isTrue();

    assertThat(store.part(key(3), 0)).contains(bytes("a"));
    assertThat(store.part(key(3), 1)).isEmpty();
    assertThat(store.part(key(3), -1)).isEmpty();
    assertThat(store.part(key(4), 0)).isEmpty();
  }

  @Test
  void segment_isFoundOnlyWhenComplete_asItsPartsInOrder() {
    SegmentStore store = newStore();
    store.putPart(key(3), 0, bytes("a"));
    store.putPart(key(3), 1, bytes("b"));
    assertThat(store.segment(key(3))).isEmpty();

    assertThat(store.completeSegment(key(3))).isTrue();

    assertThat(store.segment(key(3))).contains(List.of(bytes("a"), bytes("b")));
  }

  @Test
  void whatWasPut_neverChanges() {
    SegmentStore store = newStore();
    store.putInit(STREAM, SOURCE, FIRST, bytes("init"));
    store.putPart(key(3), 0, bytes("a"));
    store.completeSegment(key(3));

    assertThat(store.putInit(STREAM, SOURCE, FIRST, bytes("other"))).isFalse();
    assertThat(store.putPart(key(3), 0, bytes("other"))).isFalse();
    assertThat(store.putPart(key(3), 1, bytes("late"))).isFalse();
    assertThat(store.completeSegment(key(3))).isFalse();

    assertThat(store.init(STREAM, SOURCE, FIRST)).contains(bytes("init"));
    assertThat(store.segment(key(3))).contains(List.of(bytes("a")));
    assertThat(store.part(key(3), 1)).isEmpty();
  }

  @Test
  void epochInTheName_mustBeTheSegments() {
    SegmentStore store = newStore();
    store.putPart(key(3), 0, bytes("a"));

    SegmentKey otherEpoch = new SegmentKey(STREAM, SOURCE, new Epoch(1), 3);
    assertThat(store.part(otherEpoch, 0)).isEmpty();
    assertThat(store.putPart(otherEpoch, 1, bytes("b"))).isFalse();
  }

  @Test
  void partsOutOfOrder_areRefusedWithASentence() {
    SegmentStore store = newStore();

    assertThatThrownBy(() -> store.putPart(key(3), 1, bytes("b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("part 1 of segment 3 (expected: 0)");
  }

  @Test
  void unknownSegment_cannotBeCompleted() {
    assertThat(newStore().completeSegment(key(9))).isFalse();
  }

  @Test
  void lookups_ofUnknownStreams_findNothing() {
    SegmentStore store = newStore();

    assertThat(store.init(OTHER, SOURCE, FIRST)).isEmpty();
    assertThat(store.oldestSegment(OTHER, SOURCE)).isEmpty();
    assertThat(store.segment(new SegmentKey(OTHER, SOURCE, FIRST, 0))).isEmpty();
    store.removeStream(OTHER);
    store.removeSegmentsBefore(OTHER, SOURCE, 5);
    assertThat(store.sizeBytes()).isZero();
  }

  @Test
  void removedSegments_areGone_andDoNotComeBack() {
    SegmentStore store = newStore();
    for (long number = 0; number < 5; number++) {
      put(store, key(number), 1_000);
    }

    store.removeSegmentsBefore(STREAM, SOURCE, 3);
    store.removeSegmentsBefore(STREAM, SOURCE, 3);

    assertThat(store.oldestSegment(STREAM, SOURCE)).contains(3L);
    assertThat(store.segment(key(2))).isEmpty();
    assertThat(store.segment(key(3))).isPresent();
    assertThat(store.putPart(key(2), 0, bytes("again"))).isFalse();
    assertThat(store.sizeBytes()).isEqualTo(2_000);
  }

  @Test
  void initializationSections_goWithTheLastSegmentThatNeedsThem() {
    SegmentStore store = newStore();
    Epoch second = new Epoch(1);
    store.putInit(STREAM, SOURCE, FIRST, bytes("first"));
    put(store, key(0), 10);
    store.putInit(STREAM, SOURCE, second, bytes("second"));
    put(store, new SegmentKey(STREAM, SOURCE, second, 1), 10);
    assertThat(store.init(STREAM, SOURCE, FIRST)).isPresent();

    store.removeSegmentsBefore(STREAM, SOURCE, 1);

    assertThat(store.init(STREAM, SOURCE, FIRST)).isEmpty();
    assertThat(store.init(STREAM, SOURCE, second)).isPresent();
  }

  @Test
  void removedStream_leavesNothing_andOthersStay() {
    SegmentStore store = newStore();
    store.putInit(STREAM, SOURCE, FIRST, bytes("init"));
    put(store, key(0), 1_000);
    put(store, new SegmentKey(OTHER, SOURCE, FIRST, 0), 500);

    store.removeStream(STREAM);

    assertThat(store.segment(key(0))).isEmpty();
    assertThat(store.init(STREAM, SOURCE, FIRST)).isEmpty();
    assertThat(store.sizeBytes()).isEqualTo(500);
  }

  @Test
  void streamAboveItsCap_losesItsOldestSegments() {
    SegmentStore store = newStore(16 << 20, 1 << 20);
    put(store, new SegmentKey(OTHER, SOURCE, FIRST, 0), 1_000);
    for (long number = 0; number < 20; number++) {
      put(store, key(number), 100_000);
      put(store, new SegmentKey(STREAM, AUDIO, FIRST, number), 10_000);
    }

    assertThat(store.sizeBytes()).isLessThanOrEqualTo((1 << 20) + 1_000);
    assertThat(store.oldestSegment(STREAM, SOURCE)).contains(11L);
    assertThat(store.oldestSegment(STREAM, AUDIO).orElseThrow()).isBetween(10L, 11L);
    assertThat(store.oldestSegment(OTHER, SOURCE)).contains(0L);
  }

  @Test
  void storeAboveItsCap_losesTheOldestSegmentsOfAll() {
    SegmentStore store = newStore(1 << 20, 1 << 20);
    for (long number = 0; number < 10; number++) {
      put(store, key(number), 100_000);
      put(store, new SegmentKey(OTHER, SOURCE, FIRST, number), 100_000);
    }

    assertThat(store.sizeBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(store.oldestSegment(STREAM, SOURCE)).contains(5L);
    assertThat(store.oldestSegment(OTHER, SOURCE)).contains(5L);
  }

  @Test
  void openSegment_isNeverDropped() {
    SegmentStore store = newStore(1 << 20, 1 << 20);
    put(store, key(0), 500_000);
    store.putPart(key(1), 0, Bytes.wrap(new byte[900_000]));
    store.putPart(key(1), 1, Bytes.wrap(new byte[900_000]));

    assertThat(store.segment(key(0))).isEmpty();
    assertThat(store.part(key(1), 0)).isPresent();
    assertThat(store.oldestSegment(STREAM, SOURCE)).contains(1L);
  }

  @Test
  void anyHistory_addsUp() {
    Seeds.each(200, this::checkRandomHistory);
  }

  private void checkRandomHistory(Random random) {
    SegmentStore store = newStore(2 << 20, 1 << 20);
    for (int step = 0; step < 200; step++) {
      StreamId stream = random.nextBoolean() ? STREAM : OTHER;
      RenditionId rendition = random.nextBoolean() ? SOURCE : AUDIO;
      long number = step / 4;
      switch (random.nextInt(12)) {
        case 0 -> store.removeSegmentsBefore(stream, rendition, number - random.nextInt(9));
        case 1 -> store.removeStream(stream);
        case 2 -> store.putInit(stream, rendition, FIRST, Bytes.wrap(new byte[700]));
        default ->
            put(store, new SegmentKey(stream, rendition, FIRST, number), random.nextInt(90_000));
      }
      assertThat(store.sizeBytes()).isBetween(0L, 2L << 20);
    }
    store.removeStream(STREAM);
    store.removeStream(OTHER);
    assertThat(store.sizeBytes()).isZero();
  }

  protected static SegmentKey key(long number) {
    return new SegmentKey(STREAM, SOURCE, FIRST, number);
  }

  /// Puts a complete segment of two parts, unless it is there.
  protected static void put(SegmentStore store, SegmentKey key, int sizeBytes) {
    if (store.putPart(key, 0, Bytes.wrap(new byte[sizeBytes / 2]))) {
      store.putPart(key, 1, Bytes.wrap(new byte[sizeBytes - sizeBytes / 2]));
      store.completeSegment(key);
    }
  }

  private static Bytes bytes(String text) {
    return Bytes.ofUtf8(text);
  }
}
