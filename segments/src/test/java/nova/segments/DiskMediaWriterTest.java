package nova.segments;

import static nova.segments.MediaSourceContract.SOURCE;
import static nova.segments.MediaSourceContract.STREAM;
import static nova.segments.MediaSourceContract.get;
import static nova.segments.MediaSourceContract.key;
import static nova.segments.StreamOnDisk.NOON;
import static nova.segments.StreamOnDisk.TOKEN;
import static nova.segments.StreamOnDisk.settle;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [DiskMediaWriter]: what it writes and removes, and of which streams.
class DiskMediaWriterTest {
  @AutoClose private StreamOnDisk disk;

  @BeforeEach
  void open(@TempDir Path folder) {
    disk = new StreamOnDisk(folder);
  }

  @Test
  void timeline_isThatOfTheCompleteSegments_andComesAfterThem() {
    DiskMediaWriter writer = disk.writer();
    disk.segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a"), Bytes.ofUtf8("b")), true);
    disk.put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("c")), false);
    settle(writer);

    TimelineSnapshot found = get(disk.media().timeline(STREAM)).orElseThrow();

    assertThat(found.renditions().getFirst().segments()).containsExactly(disk.listed.getFirst());
    assertThat(get(disk.media().part(key(new Epoch(0), 4), 0))).isEmpty();
    assertThat(get(disk.media().timeline(new StreamId("unknown")))).isEmpty();
  }

  @Test
  void segmentThatTheStoreHasNot_isListed_whereAFormerHolderPutIt_andIsAGapElsewhere()
      throws IOException {
    SegmentKey lost = key(new Epoch(0), 2);
    SegmentKey inherited = key(new Epoch(0), 3);
    SegmentKey own = key(new Epoch(0), 4);
    boolean _ =
        new SegmentFolder(disk.folder)
            .of(STREAM, TOKEN - 1)
            .putSegment(inherited, List.of(Bytes.ofUtf8("b")));
    disk.list(lost, List.of(Bytes.ofUtf8("a"), Bytes.ofUtf8("a")), true);
    disk.list(inherited, List.of(Bytes.ofUtf8("b")), true);
    DiskMediaWriter writer = disk.writer();

    disk.put(own, List.of(Bytes.ofUtf8("c")), true);
    settle(writer);

    List<TimelineSegment> shown =
        get(disk.media().timeline(STREAM)).orElseThrow().renditions().getFirst().segments();
    assertThat(shown).extracting(TimelineSegment::gap).containsExactly(true, false, false);
    assertThat(shown)
        .extracting(TimelineSegment::duration)
        .containsExactly(60_000L, 30_000L, 30_000L);
    assertThat(disk.troubles).isEmpty();
  }

  @Test
  void streamThatIsForgotten_isRemoved_andOthersStay() throws IOException {
    DiskMediaWriter writer = disk.writer();
    disk.segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    SegmentFolder files = new SegmentFolder(disk.folder);
    StreamId other = new StreamId("other");
    boolean _ = files.of(other, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    settle(writer);
    assertThat(disk.files()).hasSize(4);

    disk.timelines.remove(STREAM);
    settle(writer);

    assertThat(disk.files()).containsExactly("other/1000/source/0/init");
  }

  @Test
  void streamsThatAreCarriedElsewhere_areNotWritten() throws IOException {
    DiskMediaWriter writer = disk.writer();
    StreamId elsewhere = new StreamId("elsewhere");
    disk.timelines.put(
        new TimelineSnapshot(
            elsewhere,
            new ChannelSlug("live"),
            1,
            TimelineState.LIVE,
            NOON,
            Optional.empty(),
            List.of()));
    SegmentFolder files = new SegmentFolder(disk.folder);
    boolean _ = files.of(elsewhere, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    disk.timelines.remove(elsewhere);
    settle(writer);

    assertThat(disk.files()).containsExactly("elsewhere/1000/source/0/init");
  }

  @Test
  void streamThatIsLost_beforeItsRemovalHereIsSeen_isLeftToTheOtherNode() throws IOException {
    AtomicBoolean carried = new AtomicBoolean(true);
    disk.putTimeline(TimelineState.LIVE);
    SegmentFolder files = new SegmentFolder(disk.folder);
    boolean _ = files.of(STREAM, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    DiskMediaWriter writer =
        disk.writer(_ -> carried.getAndSet(false) ? OptionalLong.of(TOKEN) : OptionalLong.empty());

    disk.timelines.remove(STREAM);
    settle(writer);

    assertThat(carried).isFalse();
    assertThat(disk.files()).containsExactly("stream1/1000/source/0/init");
  }

  @Test
  void streamThatWentToAnotherNode_isForgotten_andItsFilesStay() throws IOException {
    AtomicReference<OptionalLong> token = new AtomicReference<>(OptionalLong.of(TOKEN));
    DiskMediaWriter writer = disk.writer(_ -> token.get());
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(writer.known()).containsExactly(STREAM);
    List<String> files = disk.files();

    token.set(OptionalLong.empty());
    disk.clock.advance(Duration.ofMinutes(1));

    Instant deadline = Instant.now().plusSeconds(20);
    while (!writer.known().isEmpty()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
    assertThat(disk.files()).isEqualTo(files);
    assertThat(disk.troubles).isEmpty();
  }

  @Test
  void faultOfOneStream_isCounted_andOthersAreWritten() {
    AtomicBoolean broken = new AtomicBoolean(true);
    DiskMediaWriter writer =
        disk.writer(
            _ -> {
              if (Thread.currentThread().getName().equals("disk-media")
                  && broken.getAndSet(false)) {
                throw new OutOfMemoryError(
                    "of the test"); // of direct memory nobody ends the process
              }
              return OptionalLong.of(TOKEN);
            });
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(disk.troubles).containsExactly("OutOfMemoryError");

    disk.put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("b")), true);
    settle(writer);

    assertThat(get(disk.media().segment(key(new Epoch(0), 4)))).isPresent();
  }

  @Test
  void folderThatCannotBeWritten_isCounted_andTriedAgainWithTheNextSegment() throws IOException {
    Path blocked = disk.folder.resolve("blocked");
    Files.writeString(blocked, "a file");
    DiskMediaWriter writer = disk.writer(blocked, disk::token);
    disk.segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    disk.put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(disk.troubles).isNotEmpty();

    Files.delete(blocked);
    disk.put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("b")), true);
    settle(writer);

    assertThat(get(disk.media(blocked).segment(key(new Epoch(0), 3)))).isPresent();
    assertThat(get(disk.media(blocked).segment(key(new Epoch(0), 4)))).isPresent();
  }
}
