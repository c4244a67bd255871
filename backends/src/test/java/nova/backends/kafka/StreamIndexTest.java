package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.backends.kafka.IndexRecord.Announced;
import nova.backends.kafka.IndexRecord.Keyframe;
import nova.backends.kafka.IndexRecord.Opened;
import nova.backends.kafka.IndexRecord.Removed;
import nova.backends.kafka.StreamIndex.Place;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.framelog.LogPosition;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.testkit.FuzzTarget;
import org.junit.jupiter.api.Test;

class StreamIndexTest {
  private static final StreamId STREAM = new StreamId("abcd");
  private static final long PROCESS = 7;

  private final StreamIndex index = new StreamIndex(PROCESS);
  private long next;

  StreamIndexTest() {
    index.loaded();
  }

  private record Vector(IndexRecord record, String hex) {}

  private static final List<Vector> VECTORS =
      List.of(
          new Vector(new Announced(), "0101"),
          new Vector(new Opened(1, 2, 3), "0102 0000000000000001 00000002 0000000000000003"),
          new Vector(
              new Keyframe(1, 2, 3, 4),
              "0103 0000000000000001 00000002 0000000000000003 0000000000000004"),
          new Vector(new Removed(-1), "0104 ffffffffffffffff"));

  @Test
  void records_areTheirVectors() {
    for (Vector vector : VECTORS) {
      assertThat(Bytes.wrap(vector.record.write())).isEqualTo(Bytes.ofHex(vector.hex));
      assertThat(IndexRecord.read(Bytes.ofHex(vector.hex))).isEqualTo(vector.record);
    }
  }

  @Test
  void damagedRecords_areRefused() {
    assertThatThrownBy(() -> IndexRecord.read(Bytes.ofHex("0201")))
        .isInstanceOf(UnsupportedMediaException.class);
    List<ByteBuffer> seeds =
        VECTORS.stream().map(vector -> Bytes.ofHex(vector.hex).asByteBuffer()).toList();
    new FuzzTarget(
            "index-record",
            seeds,
            100,
            bytes -> {
              try {
                IndexRecord _ = IndexRecord.read(Bytes.wrap(bytes));
              } catch (MediaException e) {
                assertThat(e.getMessage()).isNotBlank();
              }
            })
        .attackWithDamage(2_000);
  }

  @Test
  void stream_isFound_whenAWriterBegan_atItsFence() {
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).isEmpty();
    long writer = apply(new Announced());
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).isEmpty();
    apply(new Opened(writer, 4, 100));

    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 100, false));
    assertThat(index.find(STREAM, LogPosition.LATEST_KEYFRAME)).contains(new Place(4, 100, false));
  }

  @Test
  void positions_areThoseOfKeyframes() {
    open(100);
    apply(new Keyframe(0, 4, 110, 0));
    apply(new Keyframe(0, 4, 120, 1));
    apply(new Keyframe(0, 4, 130, 1)); // within segment 2, which began before
    apply(new Keyframe(0, 4, 140, 2));

    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 100, false));
    assertThat(index.find(STREAM, LogPosition.LATEST_KEYFRAME)).contains(new Place(4, 140, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(1))).contains(new Place(4, 110, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(2))).contains(new Place(4, 130, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(9))).contains(new Place(4, 140, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(0))).contains(new Place(4, 100, false));
    assertThat(index.findFrom(STREAM, 111)).contains(new Place(4, 120, true));
    assertThat(index.findFrom(STREAM, 141)).isEmpty();
  }

  @Test
  void keyframesOfAnEarlierWriter_countOnlyUntilALaterOneWasAnnounced() {
    long first = open(100);
    apply(new Keyframe(first, 4, 110, 0));
    long second = apply(new Announced());
    apply(new Keyframe(first, 4, 120, 1)); // may stand behind the second's fence
    assertThat(latest()).contains(new Place(4, 110, true));

    apply(new Opened(second, 4, 115));
    apply(new Keyframe(first, 4, 130, 2));
    assertThat(latest()).contains(new Place(4, 110, true));
    apply(new Keyframe(second, 4, 140, 1));
    assertThat(latest()).contains(new Place(4, 140, true));
  }

  @Test
  void writer_thatBeganAfterAnotherWasAnnounced_isNotTheLatest() {
    long first = apply(new Announced());
    long second = apply(new Announced());
    apply(new Opened(first, 4, 100));

    assertThat(index.isLatest(STREAM, first)).isFalse();
    assertThat(index.isLatest(STREAM, second)).isTrue();
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).isEmpty();
    apply(new Opened(second, 4, 101));
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 101, false));
  }

  @Test
  void removedStream_isUnknown_untilAnotherWriterBegins() {
    long first = open(100);
    apply(new Keyframe(first, 4, 110, 0));
    apply(new Removed(99));
    apply(new Keyframe(first, 4, 120, 0));

    assertThat(latest()).isEmpty();
    assertThat(index.isLatest(STREAM, first)).isFalse();
    open(200);
    assertThat(latest()).contains(new Place(4, 200, false));
  }

  @Test
  void removalByThisProcess_countsAtOnce_andEndsOnlyThoseWhoWereThere() {
    open(100);
    List<String> told = new ArrayList<>();
    index.watch(STREAM, watcher("before", told));
    index.removing(STREAM);
    assertThat(told).containsExactly("before");
    assertThat(latest()).isEmpty();

    index.watch(STREAM, watcher("after", told));
    apply(new Removed(PROCESS));
    assertThat(told).containsExactly("before");
    open(200);
    assertThat(latest()).isPresent();
    apply(new Removed(PROCESS + 1));
    assertThat(told).containsExactly("before", "before", "after");
  }

  @Test
  void streamOlderThanTheTopic_isKnownByItsLaterKeyframes() {
    next = 1_000;
    apply(new Keyframe(5, 4, 300, 41));
    apply(new Keyframe(5, 4, 310, 42));

    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 300, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(43))).contains(new Place(4, 310, true));
    assertThat(index.isLatest(STREAM, 5)).isTrue();
    apply(new Keyframe(900, 4, 320, 43)); // whose announcement is not kept either
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 320, true));
  }

  @Test
  void writerWhoseOpeningWasPassedOver_isKnownByItsKeyframes() {
    long writer = apply(new Announced());
    List<String> told = new ArrayList<>();
    index.watch(
        STREAM,
        new StreamIndex.Watcher() {
          @Override
          public void opened() {
            told.add("opened");
          }
        });
    apply(new Keyframe(writer, 4, 110, 0));
    apply(new Keyframe(writer, 4, 120, 1));

    assertThat(told).containsExactly("opened");
    assertThat(index.find(STREAM, LogPosition.EARLIEST)).contains(new Place(4, 110, true));
    assertThat(latest()).contains(new Place(4, 120, true));
  }

  @Test
  void streamsOfWhichNothingIsKept_areForgotten() {
    open(100);
    index.forgetBefore(1);
    assertThat(latest()).isPresent();
    index.forgetBefore(2);
    assertThat(latest()).isEmpty();
  }

  @Test
  void manyKeyframes_theLatestAreKept() {
    long writer = open(0);
    for (int i = 1; i <= 10_000; i++) {
      apply(new Keyframe(writer, 4, i, i));
    }

    assertThat(latest()).contains(new Place(4, 10_000, true));
    assertThat(index.find(STREAM, LogPosition.fromSegment(9_000)))
        .contains(new Place(4, 8_999, true));
  }

  private Optional<Place> latest() {
    return index.find(STREAM, LogPosition.LATEST_KEYFRAME);
  }

  private static StreamIndex.Watcher watcher(String name, List<String> told) {
    return new StreamIndex.Watcher() {
      @Override
      public void removed() {
        told.add(name);
      }
    };
  }

  private long open(long offset) {
    long writer = apply(new Announced());
    apply(new Opened(writer, 4, offset));
    return writer;
  }

  private long apply(IndexRecord record) {
    index.apply(next, STREAM, record);
    return next++;
  }
}
