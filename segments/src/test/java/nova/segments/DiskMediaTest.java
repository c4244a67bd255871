package nova.segments;

import static nova.segments.StreamOnDisk.TOKEN;
import static nova.segments.StreamOnDisk.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.Seeds;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [DiskMedia] behind [DiskMediaWriter], and with a folder that hangs or is damaged.
class DiskMediaTest extends MediaSourceContract {
  @AutoClose private StreamOnDisk disk;

  @BeforeEach
  void open(@TempDir Path folder) {
    disk = new StreamOnDisk(folder);
  }

  @Override
  protected Published newPublished() {
    DiskMediaWriter writer = disk.writer();
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        disk.segments.putInit(STREAM, rendition, epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        disk.put(key, parts, true);
      }

      @Override
      public void poster(Poster poster) {
        disk.posters.put(STREAM, poster);
        disk.putTimeline(TimelineState.LIVE);
      }

      @Override
      public MediaSource source() {
        settle(writer);
        return disk.media();
      }
    };
  }

  @Test
  void readsThatWaitForAFolderThatHangs_areBounded() throws Exception {
    SegmentKey hangs = key(new Epoch(0), 3);
    Path file = disk.pipe(hangs);
    DiskMedia media = disk.media(1, 2, Duration.ofMinutes(1));
    List<CompletionStage<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(media.segment(hangs));
    }

    assertThatThrownBy(() -> media.segment(hangs).toCompletableFuture().get(1, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(disk.troubles).containsExactly("refused");
    assertThat(waiting).noneMatch(stage -> stage.toCompletableFuture().isDone());
    try (FileChannel _ = // opens a pipe without waiting for readers
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (CompletionStage<?> stage : waiting) {
        assertThat(stage.toCompletableFuture().get(20, TimeUnit.SECONDS))
            .isEqualTo(Optional.empty());
      }
    }
  }

  @Test
  void readOfAFolderThatHangs_failsWithinTheLimit_andLeavesNothingBehind() throws Exception {
    SegmentKey hangs = key(new Epoch(0), 3);
    Path file = disk.pipe(hangs);
    CachedMedia cache =
        new CachedMedia(
            disk.media(1, 2, Duration.ofMillis(50)), DataSize.ofMiB(1), 1, disk.clock::nanoTime);

    for (int i = 0; i < 3; i++) { // the third waits behind one that was given up
      assertThatThrownBy(() -> cache.segment(hangs).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage("the folder of media does not answer");
    }

    assertThat(disk.troubles).containsExactly("timed out", "timed out", "timed out");
    try (FileChannel _ = // opens a pipe without waiting for readers
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertThat(get(disk.media().segment(hangs))).as("once it answers again").isEmpty();
    }
  }

  @Test
  void fileThatIsDamaged_isNotFound_andCounted() {
    Seeds.each(200, this::damage);
    assertThat(disk.troubles).isNotEmpty().allMatch("bad-segment-file"::equals);
  }

  private void damage(Random random) throws IOException {
    SegmentKey key = key(new Epoch(0), 3);
    boolean _ =
        new SegmentFolder(disk.folder)
            .of(STREAM, TOKEN)
            .putSegment(key, List.of(Bytes.ofUtf8("one"), Bytes.ofUtf8("two")));
    Path file = disk.folder.resolve("stream1/1000/source/0/3");
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(20)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, random.nextBoolean() ? bytes : new byte[random.nextInt(26)]);
    DiskMedia media = disk.media();

    assertThat(get(media.segment(key))).isEmpty();
    assertThat(get(media.part(key, 0))).isEmpty();
    Files.delete(file);
  }
}
