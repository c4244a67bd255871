package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [DiskMediaWriter] and [DiskMedia], over one folder.
class DiskMediaTest extends MediaSourceContract {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final DiskMediaConfig CONFIG =
      new DiskMediaConfig("", DataSize.ofMiB(16), Duration.ofMinutes(10));

  private static final long TOKEN = 1_000;

  @TempDir Path folder;

  private final FakeClock clock = new FakeClock(Instant.now()); // as files have it
  private final InMemorySegmentStore segments =
      new InMemorySegmentStore(SegmentStoreConfig.defaults());
  private final InMemoryPosterStore posters = new InMemoryPosterStore();
  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final List<String> troubles = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<TimelineSegment> listed = new ArrayList<>();
  private long version;

  private final DiskMetrics metrics =
      new DiskMetrics() {
        @Override
        public void failed(Throwable why) {
          troubles.add(why.getClass().getSimpleName());
        }

        @Override
        public void refused() {
          troubles.add("refused");
        }

        @Override
        public void timedOut() {
          troubles.add("timed out");
        }

        @Override
        public void malformed(String reason) {
          troubles.add(reason);
        }
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  @Override
  protected Published newPublished() {
    DiskMediaWriter writer = writer(folder);
    return new Published() {
      @Override
      public void init(RenditionId rendition, Epoch epoch, Bytes init) {
        segments.putInit(STREAM, rendition, epoch, init);
      }

      @Override
      public void segment(SegmentKey key, List<Bytes> parts) {
        put(key, parts, true);
      }

      @Override
      public void poster(Poster poster) {
        posters.put(STREAM, poster);
        putTimeline(TimelineState.LIVE);
      }

      @Override
      public MediaSource source() {
        settle(writer);
        return media(folder);
      }
    };
  }

  @Test
  void timeline_isThatOfTheCompleteSegments_andComesAfterThem() {
    DiskMediaWriter writer = writer(folder);
    segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a"), Bytes.ofUtf8("b")), true);
    put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("c")), false);
    settle(writer);

    TimelineSnapshot found = get(media(folder).timeline(STREAM)).orElseThrow();

    assertThat(found.renditions().getFirst().segments()).containsExactly(listed.getFirst());
    assertThat(get(media(folder).part(key(new Epoch(0), 4), 0))).isEmpty();
    assertThat(get(media(folder).timeline(new StreamId("unknown")))).isEmpty();
  }

  @Test
  void nodeThatHasLostTheStream_changesNothingOfWhatItsSuccessorPut() throws IOException {
    SegmentFolder files = new SegmentFolder(folder);
    HolderFolder before = files.of(STREAM, TOKEN);
    HolderFolder now = files.of(STREAM, TOKEN + 1);
    SegmentKey inherited = key(new Epoch(0), 2);
    SegmentKey key = key(new Epoch(0), 3);
    boolean _ = before.putSegment(inherited, List.of(Bytes.ofUtf8("inherited")));
    TimelineSnapshot shown = snapshot(7, TimelineState.LIVE);
    now.putTimeline(shown);
    now.putPoster(new Poster(Bytes.ofUtf8("now"), NOON));
    boolean _ = now.putSegment(key, List.of(Bytes.ofUtf8("now")));

    before.putTimeline(snapshot(99, TimelineState.ENDED));
    before.putPoster(new Poster(Bytes.ofUtf8("late"), NOON.plusSeconds(60)));
    boolean _ = before.putSegment(key, List.of(Bytes.ofUtf8("late")));
    files.removeStream(STREAM, TOKEN);

    DiskMedia media = media(folder);
    assertThat(get(media.timeline(STREAM))).contains(shown);
    assertThat(get(media.poster(STREAM)).orElseThrow().jpeg()).isEqualTo(Bytes.ofUtf8("now"));
    assertThat(get(media.segment(key))).contains(List.of(Bytes.ofUtf8("now")));
    assertThat(get(media.segment(inherited))).contains(List.of(Bytes.ofUtf8("inherited")));
    files.removeStream(STREAM, TOKEN + 1);
    assertThat(get(media.timeline(STREAM))).isEmpty();
  }

  @Test
  void segmentThatTheStoreHasNot_isListed_whereAFormerHolderPutIt_andIsAGapElsewhere()
      throws IOException {
    SegmentKey lost = key(new Epoch(0), 2);
    SegmentKey inherited = key(new Epoch(0), 3);
    SegmentKey own = key(new Epoch(0), 4);
    boolean _ =
        new SegmentFolder(folder)
            .of(STREAM, TOKEN - 1)
            .putSegment(inherited, List.of(Bytes.ofUtf8("b")));
    list(lost, List.of(Bytes.ofUtf8("a"), Bytes.ofUtf8("a")), true);
    list(inherited, List.of(Bytes.ofUtf8("b")), true);
    DiskMediaWriter writer = writer(folder);

    put(own, List.of(Bytes.ofUtf8("c")), true);
    settle(writer);

    List<TimelineSegment> shown =
        get(media(folder).timeline(STREAM)).orElseThrow().renditions().getFirst().segments();
    assertThat(shown).extracting(TimelineSegment::gap).containsExactly(true, false, false);
    assertThat(shown)
        .extracting(TimelineSegment::duration)
        .containsExactly(60_000L, 30_000L, 30_000L);
    assertThat(troubles).isEmpty();
  }

  @Test
  void readsThatWaitForAFolderThatHangs_areBounded() throws Exception {
    SegmentKey hangs = key(new Epoch(0), 3);
    Path file = pipe(hangs);
    DiskMedia media = media(1, 2, Duration.ofMinutes(1));
    List<CompletionStage<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(media.segment(hangs));
    }

    assertThatThrownBy(() -> media.segment(hangs).toCompletableFuture().get(1, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(troubles).containsExactly("refused");
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
    Path file = pipe(hangs);
    CachedMedia cache =
        new CachedMedia(media(1, 2, Duration.ofMillis(50)), DataSize.ofMiB(1), 1, clock::nanoTime);

    for (int i = 0; i < 3; i++) { // the third waits behind one that was given up
      assertThatThrownBy(() -> cache.segment(hangs).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage("the folder of media does not answer");
    }

    assertThat(troubles).containsExactly("timed out", "timed out", "timed out");
    try (FileChannel _ = // opens a pipe without waiting for readers
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertThat(get(media(folder).segment(hangs))).as("once it answers again").isEmpty();
    }
  }

  @Test
  void faultOfOneStream_isCounted_andOthersAreWritten() {
    AtomicBoolean broken = new AtomicBoolean(true);
    DiskMediaWriter writer =
        writer(
            folder,
            _ -> {
              if (Thread.currentThread().getName().equals("disk-media")
                  && broken.getAndSet(false)) {
                throw new OutOfMemoryError(
                    "of the test"); // of direct memory nobody ends the process
              }
              return OptionalLong.of(TOKEN);
            });
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(troubles).containsExactly("OutOfMemoryError");

    put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("b")), true);
    settle(writer);

    assertThat(get(media(folder).segment(key(new Epoch(0), 4)))).isPresent();
  }

  @Test
  void streamThatWentToAnotherNode_isForgotten_andItsFilesStay() throws IOException {
    AtomicReference<OptionalLong> token = new AtomicReference<>(OptionalLong.of(TOKEN));
    DiskMediaWriter writer = writer(folder, _ -> token.get());
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(writer.known()).containsExactly(STREAM);
    List<String> files = all();

    token.set(OptionalLong.empty());
    clock.advance(Duration.ofMinutes(1));

    Instant deadline = Instant.now().plusSeconds(20);
    while (!writer.known().isEmpty()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
    assertThat(all()).isEqualTo(files);
    assertThat(troubles).isEmpty();
  }

  @Test
  void file_neverChanges_andAppearsAsAWhole() throws IOException {
    HolderFolder files = new SegmentFolder(folder).of(STREAM, TOKEN);
    SegmentKey key = key(new Epoch(0), 3);

    assertThat(files.putSegment(key, List.of(Bytes.ofUtf8("first")))).isTrue();
    assertThat(files.putSegment(key, List.of(Bytes.ofUtf8("second")))).isFalse();

    assertThat(files.segment(key)).contains(List.of(Bytes.ofUtf8("first")));
    assertThat(files.putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"))).isTrue();
    assertThat(files.putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("j"))).isFalse();
    assertThat(all())
        .as("nothing unfinished is left")
        .containsExactlyInAnyOrder("stream1/1000/source/0/3", "stream1/1000/source/0/init");
  }

  @Test
  void streamThatIsForgotten_isRemoved_andOthersStay() throws IOException {
    DiskMediaWriter writer = writer(folder);
    segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    SegmentFolder files = new SegmentFolder(folder);
    StreamId other = new StreamId("other");
    boolean _ = files.of(other, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    settle(writer);
    assertThat(all()).hasSize(4);

    timelines.remove(STREAM);
    settle(writer);

    assertThat(all()).containsExactly("other/1000/source/0/init");
  }

  @Test
  void streamsThatAreCarriedElsewhere_areNotWritten() throws IOException {
    DiskMediaWriter writer = writer(folder);
    StreamId elsewhere = new StreamId("elsewhere");
    timelines.put(
        new TimelineSnapshot(
            elsewhere,
            new ChannelSlug("live"),
            1,
            TimelineState.LIVE,
            NOON,
            Optional.empty(),
            List.of()));
    SegmentFolder files = new SegmentFolder(folder);
    boolean _ = files.of(elsewhere, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    timelines.remove(elsewhere);
    settle(writer);

    assertThat(all()).containsExactly("elsewhere/1000/source/0/init");
  }

  @Test
  void streamThatIsLost_beforeItsRemovalHereIsSeen_isLeftToTheOtherNode() throws IOException {
    AtomicBoolean carried = new AtomicBoolean(true);
    putTimeline(TimelineState.LIVE);
    SegmentFolder files = new SegmentFolder(folder);
    boolean _ = files.of(STREAM, TOKEN).putInit(SOURCE, new Epoch(0), Bytes.ofUtf8("i"));
    DiskMediaWriter writer =
        writer(
            folder, _ -> carried.getAndSet(false) ? OptionalLong.of(TOKEN) : OptionalLong.empty());

    timelines.remove(STREAM);
    settle(writer);

    assertThat(carried).isFalse();
    assertThat(all()).containsExactly("stream1/1000/source/0/init");
  }

  @Test
  void filesThatAreTooOldOrTooMany_areSwept_theOldestFirst() throws IOException {
    SegmentFolder files = new SegmentFolder(folder);
    for (long number = 0; number < 10; number++) {
      SegmentKey key = key(new Epoch(0), number);
      boolean _ = files.of(STREAM, TOKEN).putSegment(key, List.of(Bytes.wrap(new byte[1_000])));
      Files.setLastModifiedTime(
          folder.resolve("stream1/1000/source/0/" + number),
          FileTime.from(NOON.plusSeconds(number)));
    }

    long left = files.sweep(4 * 1_016, NOON.plusSeconds(2));

    assertThat(left).isEqualTo(4 * 1_016);
    assertThat(all())
        .containsExactlyInAnyOrder(
            "stream1/1000/source/0/6",
            "stream1/1000/source/0/7",
            "stream1/1000/source/0/8",
            "stream1/1000/source/0/9");
    assertThat(files.sweep(1 << 20, NOON.plusSeconds(9))).isEqualTo(1_016);
    assertThat(files.sweep(0, NOON)).isZero();
    assertThat(all()).isEmpty();
    assertThat(new SegmentFolder(folder.resolve("none")).sweep(0, NOON)).isZero();
  }

  @Test
  void emptyFolders_areSwept_whenTheyAreOld_andNotWhileSomebodyIsAboutToWriteIntoThem()
      throws IOException {
    Path made = Files.createDirectories(folder.resolve("stream1/1000/source/0"));
    SegmentFolder files = new SegmentFolder(folder);
    Instant now = Instant.now();

    assertThat(files.sweep(1 << 20, now.minusSeconds(600))).isZero();
    assertThat(made).isDirectory();

    assertThat(files.sweep(1 << 20, now.plusSeconds(600))).isZero();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void fileThatIsDamaged_isNotFound_andCounted() {
    Seeds.each(200, this::damage);
    assertThat(troubles).isNotEmpty().allMatch("bad-segment-file"::equals);
  }

  private void damage(Random random) throws IOException {
    SegmentKey key = key(new Epoch(0), 3);
    boolean _ =
        new SegmentFolder(folder)
            .of(STREAM, TOKEN)
            .putSegment(key, List.of(Bytes.ofUtf8("one"), Bytes.ofUtf8("two")));
    Path file = folder.resolve("stream1/1000/source/0/3");
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(20)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, random.nextBoolean() ? bytes : new byte[random.nextInt(26)]);
    DiskMedia media = media(folder);

    assertThat(get(media.segment(key))).isEmpty();
    assertThat(get(media.part(key, 0))).isEmpty();
    Files.delete(file);
  }

  @Test
  void folderThatCannotBeWritten_isCounted_andTriedAgainWithTheNextSegment() throws IOException {
    Path blocked = folder.resolve("blocked");
    Files.writeString(blocked, "a file");
    DiskMediaWriter writer = writer(blocked);
    segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    assertThat(troubles).isNotEmpty();

    Files.delete(blocked);
    put(key(new Epoch(0), 4), List.of(Bytes.ofUtf8("b")), true);
    settle(writer);

    assertThat(get(media(blocked).segment(key(new Epoch(0), 3)))).isPresent();
    assertThat(get(media(blocked).segment(key(new Epoch(0), 4)))).isPresent();
  }

  @Test
  void fallback_isAskedWhenTheFirstCannotBe_orHasLostIt() {
    DiskMediaWriter writer = writer(folder);
    segments.putInit(STREAM, SOURCE, new Epoch(0), Bytes.ofUtf8("init"));
    put(key(new Epoch(0), 3), List.of(Bytes.ofUtf8("a")), true);
    settle(writer);
    DiskMedia disk = media(folder);
    MediaSource empty =
        new StoredMedia(
            new InMemorySegmentStore(SegmentStoreConfig.defaults()), new InMemoryPosterStore());
    MediaSource away =
        media(folder.resolve("stream1").resolve("1000").resolve("timeline.bin")); // a file

    for (MediaSource first : List.of(empty, away)) {
      MediaSource both = new FallbackMedia(first, disk);
      assertThat(get(both.segment(key(new Epoch(0), 3)))).contains(List.of(Bytes.ofUtf8("a")));
      assertThat(get(both.init(STREAM, SOURCE, new Epoch(0)))).contains(Bytes.ofUtf8("init"));
    }
    assertThat(get(new FallbackMedia(empty, disk).part(key(new Epoch(0), 3), 0))).isEmpty();
    assertThat(get(new FallbackMedia(away, disk).part(key(new Epoch(0), 3), 0)))
        .contains(Bytes.ofUtf8("a"));
  }

  /// Cannot be asked.
  private static final class Away implements MediaSource {
    @Override
    public CompletionStage<Optional<Bytes>> init(
        StreamId stream, RenditionId rendition, Epoch epoch) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
      return fail();
    }

    @Override
    public CompletionStage<Optional<Poster>> poster(StreamId stream) {
      return fail();
    }

    private static <T> CompletionStage<T> fail() {
      return CompletableFuture.failedStage(
          new StoreUnavailableException("away", new IOException("refused")));
    }
  }

  @Test
  void fallback_thatHasNothing_doesNotTellThatThereIsNothing() {
    MediaSource none = media(folder);
    MediaSource both = new FallbackMedia(new Away(), none);

    for (CompletionStage<?> unknown :
        List.of(
            both.segment(key(new Epoch(0), 3)),
            both.part(key(new Epoch(0), 3), 0),
            both.init(STREAM, SOURCE, new Epoch(0)),
            both.poster(STREAM))) {
      assertThatThrownBy(() -> unknown.toCompletableFuture().get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(get(new FallbackMedia(none, none).segment(key(new Epoch(0), 3)))).isEmpty();
  }

  private void put(SegmentKey key, List<Bytes> parts, boolean complete) {
    for (int part = 0; part < parts.size(); part++) {
      segments.putPart(key, part, parts.get(part));
    }
    if (complete) {
      segments.completeSegment(key);
    }
    list(key, parts, complete);
    putTimeline(TimelineState.LIVE);
  }

  private void list(SegmentKey key, List<Bytes> parts, boolean complete) {
    List<TimelinePart> described = new ArrayList<>();
    for (Bytes part : parts) {
      described.add(new TimelinePart(30_000, described.isEmpty(), part.length()));
    }
    listed.add(
        new TimelineSegment(key.number(), key.epoch(), false, NOON, 0, described, complete, false));
  }

  private void putTimeline(TimelineState state) {
    version++;
    timelines.put(snapshot(version, state));
  }

  private TimelineSnapshot snapshot(long of, TimelineState state) {
    RenditionTimeline rendition =
        new RenditionTimeline(
            SOURCE,
            new RenditionFormat.Audio("mp4a.40.2", 1, 1, 48_000, 2),
            true,
            of,
            Timescale.VIDEO,
            30_060,
            4,
            true,
            0,
            listed);
    return new TimelineSnapshot(
        STREAM,
        new ChannelSlug("live"),
        of,
        state,
        NOON,
        Optional.empty(),
        listed.isEmpty() ? List.of() : List.of(rendition));
  }

  private List<String> all() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .toList();
    }
  }

  private DiskMediaWriter writer(Path into) {
    return writer(
        into, stream -> stream.equals(STREAM) ? OptionalLong.of(TOKEN) : OptionalLong.empty());
  }

  private DiskMediaWriter writer(Path into, Function<StreamId, OptionalLong> tokens) {
    DiskMediaWriter writer =
        DiskMediaWriter.start(
            into,
            CONFIG,
            timelines,
            segments,
            posters,
            tokens,
            metrics,
            clock,
            Thread.ofPlatform().daemon().factory());
    opened.add(writer);
    return writer;
  }

  /// Puts a file that hangs whoever opens it.
  private Path pipe(SegmentKey key) throws Exception {
    Path file =
        folder.resolve("stream1/1000/source/%d/%d".formatted(key.epoch().number(), key.number()));
    Path _ = Files.createDirectories(file.resolve("..").normalize());
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    return file;
  }

  private DiskMedia media(int threads, int mostWaiting, Duration limit) {
    DiskMedia media =
        new DiskMedia(
            folder, metrics, threads, mostWaiting, limit, Thread.ofPlatform().daemon().factory());
    opened.add(media);
    return media;
  }

  private DiskMedia media(Path from) {
    DiskMedia media = new DiskMedia(from, metrics, Thread.ofPlatform().daemon().factory());
    opened.add(media);
    return media;
  }

  private static void settle(DiskMediaWriter writer) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (!writer.isIdle()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }
}
