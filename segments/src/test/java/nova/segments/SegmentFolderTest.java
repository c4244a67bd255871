package nova.segments;

import static nova.segments.MediaSourceContract.SOURCE;
import static nova.segments.MediaSourceContract.STREAM;
import static nova.segments.MediaSourceContract.get;
import static nova.segments.MediaSourceContract.key;
import static nova.segments.StreamOnDisk.NOON;
import static nova.segments.StreamOnDisk.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [SegmentFolder]: files that never change, those of each holder of a stream, and their end.
class SegmentFolderTest {
  @AutoClose private StreamOnDisk disk;

  @BeforeEach
  void open(@TempDir Path folder) {
    disk = new StreamOnDisk(folder);
  }

  @Test
  void file_neverChanges_andAppearsAsAWhole() throws IOException {
    HolderFolder files = new SegmentFolder(disk.folder).of(STREAM, TOKEN);
    SegmentKey key = key(new Epoch(0), 3);

    assertThat(files.putSegment(key, List.of(Bytes.ofUtf8("first")))).isTrue();
    assertThat(files.putSegment(key, List.of(Bytes.ofUtf8("second")))).isFalse();

    assertThat(files.segment(key)).contains(List.of(Bytes.ofUtf8("first")));
    assertThat(files.putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"))).isTrue();
    assertThat(files.putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("j"))).isFalse();
    assertThat(disk.files())
        .as("nothing unfinished is left")
        .containsExactlyInAnyOrder("stream1/1000/source/0/3", "stream1/1000/source/0/init");
  }

  @Test
  void nodeThatHasLostTheStream_changesNothingOfWhatItsSuccessorPut() throws IOException {
    SegmentFolder files = new SegmentFolder(disk.folder);
    HolderFolder before = files.of(STREAM, TOKEN);
    HolderFolder now = files.of(STREAM, TOKEN + 1);
    SegmentKey inherited = key(new Epoch(0), 2);
    SegmentKey key = key(new Epoch(0), 3);
    boolean _ = before.putSegment(inherited, List.of(Bytes.ofUtf8("inherited")));
    TimelineSnapshot shown = disk.snapshot(7, TimelineState.LIVE);
    now.putTimeline(shown);
    now.putPoster(new Poster(Bytes.ofUtf8("now"), NOON));
    boolean _ = now.putSegment(key, List.of(Bytes.ofUtf8("now")));

    before.putTimeline(disk.snapshot(99, TimelineState.ENDED));
    before.putPoster(new Poster(Bytes.ofUtf8("late"), NOON.plusSeconds(60)));
    boolean _ = before.putSegment(key, List.of(Bytes.ofUtf8("late")));
    files.removeStream(STREAM, TOKEN);

    DiskMedia media = disk.media();
    assertThat(get(media.timeline(STREAM))).contains(shown);
    assertThat(get(media.poster(STREAM)).orElseThrow().jpeg()).isEqualTo(Bytes.ofUtf8("now"));
    assertThat(get(media.segment(key))).contains(List.of(Bytes.ofUtf8("now")));
    assertThat(get(media.segment(inherited))).contains(List.of(Bytes.ofUtf8("inherited")));
    files.removeStream(STREAM, TOKEN + 1);
    assertThat(get(media.timeline(STREAM))).isEmpty();
  }

  @Test
  void filesThatAreTooOldOrTooMany_areSwept_theOldestFirst() throws IOException {
    SegmentFolder files = new SegmentFolder(disk.folder);
    for (long number = 0; number < 10; number++) {
      SegmentKey key = key(new Epoch(0), number);
      boolean _ = files.of(STREAM, TOKEN).putSegment(key, List.of(Bytes.wrap(new byte[1_000])));
      Files.setLastModifiedTime(
          disk.folder.resolve("stream1/1000/source/0/" + number),
          FileTime.from(NOON.plusSeconds(number)));
    }

    long left = files.sweep(4 * 1_016, NOON.plusSeconds(2));

    assertThat(left).isEqualTo(4 * 1_016);
    assertThat(disk.files())
        .containsExactlyInAnyOrder(
            "stream1/1000/source/0/6",
            "stream1/1000/source/0/7",
            "stream1/1000/source/0/8",
            "stream1/1000/source/0/9");
    assertThat(files.sweep(1 << 20, NOON.plusSeconds(9))).isEqualTo(1_016);
    assertThat(files.sweep(0, NOON)).isZero();
    assertThat(disk.files()).isEmpty();
    assertThat(new SegmentFolder(disk.folder.resolve("none")).sweep(0, NOON)).isZero();
  }

  @Test
  void emptyFolders_areSwept_whenTheyAreOld_andNotWhileSomebodyIsAboutToWriteIntoThem()
      throws IOException {
    Path made = Files.createDirectories(disk.folder.resolve("stream1/1000/source/0"));
    SegmentFolder files = new SegmentFolder(disk.folder);
    Instant now = Instant.now();

    assertThat(files.sweep(1 << 20, now.minusSeconds(600))).isZero();
    assertThat(made).isDirectory();

    assertThat(files.sweep(1 << 20, now.plusSeconds(600))).isZero();
    assertThat(disk.folder).isEmptyDirectory();
  }
}
