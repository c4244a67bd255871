package nova.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import nova.backends.kafka.KafkaBackend;
import nova.backends.kafka.KafkaConfig;
import nova.backends.kafka.KafkaMetrics;
import nova.backends.kafka.KafkaPorts;
import nova.bench.ladder.SourceLog;
import nova.bench.process.Folders;
import nova.bench.publish.Clip;
import nova.cluster.EmbeddedKafka;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogPosition;
import org.jspecify.annotations.Nullable;

/// Frames from one process to another through Kafka, beside the log within one process: how many at
/// once, and how late each of a live broadcast is.
final class FramesBench implements Bench {
  private static final int STREAMS = 20;
  private static final int VIDEO_KBPS = 3_000;
  private static final Duration FRAME = Duration.ofNanos(33_333_333);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

  private final Options options;

  FramesBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "frames";
  }

  @Override
  public String load() {
    return "%d streams of %d kbit/s from one log to readers of another, over a Kafka in the same JVM"
        .formatted(STREAMS, VIDEO_KBPS);
  }

  @Override
  public List<Figure> run() throws Exception {
    List<LogEntry> entries = SourceLog.read(Clip.encode(options.folder(), VIDEO_KBPS).file());
    FrameLog alone =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(256)));
    Flood within = flood(alone, alone, entries, "a");
    Path folder = Folders.emptied(options.folder().resolve("kafka"));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(Files.createDirectories(folder));
        KafkaBackend ingest = open(kafka, "ingest");
        KafkaBackend transcode = open(kafka, "transcode")) {
      Flood warm = flood(ingest.frameLog(), transcode.frameLog(), entries, "b");
      Flood across = flood(ingest.frameLog(), transcode.frameLog(), entries, "c");
      Samples late = live(ingest.frameLog(), transcode.frameLog(), entries);
      return List.of(
          Figure.fact("frames through Kafka", Figure.number(across.framesPerSecond()) + " /s"),
          Figure.fact("bytes through Kafka", Figure.number(across.mbPerSecond()) + " MB/s"),
          Figure.fact("the same, first time", Figure.number(warm.framesPerSecond()) + " /s"),
          Figure.fact(
              "frames through the log of one process",
              Figure.number(within.framesPerSecond()) + " /s"),
          Figure.fact(
              "live frame, appended until read elsewhere, p50",
              Figure.number(late.percentileMs(50)) + " ms"),
          Figure.limited(
              "live frame, appended until read elsewhere, p99", late.percentileMs(99), 100, "ms"));
    }
  }

  /// How many frames and bytes were read, and in which time.
  private record Flood(long frames, long bytes, long nanos) {
    double framesPerSecond() {
      return frames * 1e9 / nanos;
    }

    double mbPerSecond() {
      return bytes * 1e3 / nanos;
    }
  }

  private static KafkaBackend open(EmbeddedKafka kafka, String node)
      throws IOException, InterruptedException {
    KafkaConfig d = KafkaConfig.defaults();
    KafkaBackend backend =
        KafkaBackend.open(
            new KafkaConfig(
                kafka.bootstrapServers(),
                "bench-",
                true,
                d.partitions(),
                d.retention(),
                d.retentionSize(),
                d.message(),
                d.linger(),
                d.inFlightPerStream(),
                DataSize.ofMiB(512),
                d.readAhead(),
                d.eventMemory(),
                List.of()),
            new KafkaPorts(
                node,
                KafkaMetrics.NONE,
                (_, failure) -> {
                  throw new IllegalStateException(failure);
                },
                System::nanoTime,
                Thread.ofPlatform().daemon().factory(),
                new Random()));
    FrameLog _ = backend.frameLog();
    if (!backend.awaitReady(READY_TIMEOUT)) {
      backend.close();
      throw new IOException(backend.problem().orElse("Kafka is not ready"));
    }
    return backend;
  }

  private static StreamId stream(String run, int number) {
    return new StreamId("bench%s%02d".formatted(run, number));
  }

  /// All streams are written as fast as that goes.
  private static Flood flood(FrameLog to, FrameLog from, List<LogEntry> entries, String run)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> writers = new ArrayList<>();
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        FrameLogWriter writer = to.openWriter(stream(run, i));
        writers.add(
            () -> {
              entries.forEach(writer::append);
              return null;
            });
        FrameLogReader reader = from.openReader(stream(run, i), LogPosition.EARLIEST);
        readers.add(threads.submit(() -> read(reader, null, new long[0])));
      }
      long start = System.nanoTime();
      for (Callable<Void> writer : writers) {
        Future<Void> _ = threads.submit(writer);
      }
      long bytes = 0;
      for (Future<Long> reader : readers) {
        bytes += reader.get();
      }
      long nanos = System.nanoTime() - start;
      return new Flood((long) STREAMS * entries.size(), bytes, nanos);
    }
  }

  /// All streams are written as broadcasters send.
  private Samples live(FrameLog to, FrameLog from, List<LogEntry> entries)
      throws InterruptedException, ExecutionException {
    Samples all = new Samples(STREAMS * entries.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> readers = new ArrayList<>();
      List<Samples> late = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        long[] appendedAt = new long[entries.size()];
        FrameLogWriter writer = to.openWriter(stream("d", i));
        FrameLogReader reader = from.openReader(stream("d", i), LogPosition.EARLIEST);
        Samples samples = new Samples(entries.size());
        late.add(samples);
        readers.add(threads.submit(() -> read(reader, samples, appendedAt)));
        long first = System.nanoTime() + FRAME.toNanos() * i / STREAMS;
        Future<?> _ =
            threads.submit(
                () -> {
                  for (int entry = 0; entry < appendedAt.length; entry++) {
                    long due = first + FRAME.toNanos() * entry;
                    while (System.nanoTime() < due) {
                      LockSupport.parkNanos(due - System.nanoTime());
                    }
                    appendedAt[entry] = System.nanoTime();
                    writer.append(entries.get(entry));
                  }
                });
      }
      for (Future<Long> reader : readers) {
        long _ = reader.get();
      }
      late.forEach(all::addAll);
    }
    return all;
  }

  /// @return bytes of frames
  private static long read(FrameLogReader reader, @Nullable Samples late, long[] appendedAt)
      throws InterruptedException, IOException {
    long bytes = 0;
    int next = 0;
    try (reader) {
      while (true) {
        List<LogEntry> some = reader.read(READ_TIMEOUT);
        long now = System.nanoTime();
        if (some.isEmpty()) {
          throw new IOException("nothing came for %d s".formatted(READ_TIMEOUT.toSeconds()));
        }
        for (LogEntry entry : some) {
          if (entry instanceof LogEntry.LoggedFrame logged) {
            bytes += logged.frame().payload().length();
          }
          if (late != null && next < appendedAt.length) {
            late.add(now - appendedAt[next]);
          }
          next++;
          if (entry instanceof LogEntry.StreamClosed) {
            return bytes;
          }
        }
      }
    }
  }
}
