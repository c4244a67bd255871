package nova.segments;

import static nova.segments.MediaSourceContract.SOURCE;
import static nova.segments.MediaSourceContract.STREAM;
import static nova.segments.MediaSourceContract.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.FakeClock;

/// A stream as its node has it in memory, and its media in a folder.
///
/// *Confined to the test's thread.*
final class StreamOnDisk implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  static final long TOKEN = 1_000;
  private static final DiskMediaConfig CONFIG =
      new DiskMediaConfig("", DataSize.ofMiB(16), Duration.ofMinutes(10));

  final Path folder;
  final FakeClock clock = new FakeClock(Instant.now()); // as files have it
  final InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final InMemoryPosterStore posters = new InMemoryPosterStore();
  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  final List<String> troubles = new CopyOnWriteArrayList<>();
  final List<TimelineSegment> listed = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
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

  StreamOnDisk(Path folder) {
    this.folder = folder;
  }

  /// Puts what there is of a segment into memory, and lists it.
  void put(SegmentKey key, List<Bytes> parts, boolean complete) {
    for (int part = 0; part < parts.size(); part++) {
      segments.putPart(key, part, parts.get(part));
    }
    if (complete) {
      segments.completeSegment(key);
    }
    list(key, parts, complete);
    putTimeline(TimelineState.LIVE);
  }

  /// Lists a segment, which need not be in memory.
  void list(SegmentKey key, List<Bytes> parts, boolean complete) {
    List<TimelinePart> described = new ArrayList<>();
    for (Bytes part : parts) {
      described.add(new TimelinePart(30_000, described.isEmpty(), part.length()));
    }
    listed.add(
        new TimelineSegment(key.number(), key.epoch(), false, NOON, 0, described, complete, false));
  }

  void putTimeline(TimelineState state) {
    version++;
    timelines.put(snapshot(version, state));
  }

  TimelineSnapshot snapshot(long of, TimelineState state) {
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

  /// The files in the folder.
  List<String> files() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .toList();
    }
  }

  /// The token of the stream, which this node carries, and no other.
  OptionalLong token(StreamId stream) {
    return stream.equals(STREAM) ? OptionalLong.of(TOKEN) : OptionalLong.empty();
  }

  DiskMediaWriter writer() {
    return writer(this::token);
  }

  DiskMediaWriter writer(Function<StreamId, OptionalLong> tokens) {
    return writer(folder, tokens);
  }

  DiskMediaWriter writer(Path into, Function<StreamId, OptionalLong> tokens) {
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
  Path pipe(SegmentKey key) throws Exception {
    Path file =
        folder.resolve("stream1/1000/source/%d/%d".formatted(key.epoch().number(), key.number()));
    Path _ = Files.createDirectories(file.resolve("..").normalize());
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    return file;
  }

  DiskMedia media() {
    return media(folder);
  }

  DiskMedia media(Path from) {
    DiskMedia media = new DiskMedia(from, metrics, Thread.ofPlatform().daemon().factory());
    opened.add(media);
    return media;
  }

  DiskMedia media(int threads, int mostWaiting, Duration limit) {
    DiskMedia media =
        new DiskMedia(
            folder, metrics, threads, mostWaiting, limit, Thread.ofPlatform().daemon().factory());
    opened.add(media);
    return media;
  }

  /// Waits until all that was put is written.
  static void settle(DiskMediaWriter writer) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (!writer.isIdle()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    try {
      for (AutoCloseable one : opened) {
        one.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
