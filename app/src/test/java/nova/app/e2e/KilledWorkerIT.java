package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nova.app.WorkerJars;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.flv.FlvCodecs;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTagReader;
import nova.media.flv.VideoFrameType;
import nova.media.flv.VideoPacket;
import nova.media.flv.VideoPackets;
import nova.transcode.LadderConfig;
import nova.transcode.LadderStep;
import nova.transcode.LadderStore;
import nova.transcode.OverloadConfig;
import nova.transcode.PublishedRungs;
import nova.transcode.TranscodeConfig;
import nova.transcode.TranscodeMetrics;
import nova.transcode.TranscodePorts;
import nova.transcode.Transcoder;
import nova.transcode.WorkerConfig;
import nova.transcode.WorkerProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A live source, the real worker, and a kill -9 in the middle.
class KilledWorkerIT {
  private static final Logger log = LoggerFactory.getLogger(KilledWorkerIT.class);
  private static final StreamId STREAM = new StreamId("stream1");
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int SECONDS = 14;
  private static final long KILL_AT_MS = 7_200; // within a segment
  private static final long RESUMED_WITHIN_MS = 3_000;

  @TempDir private Path directory;
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(failure);
          });
  private final InProcessFrameLog source = new InProcessFrameLog(FrameLogConfig.defaults());
  private final InProcessRungLogs rungs = new InProcessRungLogs(FrameLogConfig.defaults());
  private final Queue<RungWatch> watches = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workers = new AtomicInteger();
  private final List<LoggedFrame> sent = new ArrayList<>();

  /// What came of one rung, and when.
  private record RungWatch(
      RungStarted started, List<LogEntry> entries, List<Long> atNs, CountDownLatch over) {}

  @Test
  void workerKilledWithinASegment_isReplaced_andItsRungsMissNothing() throws Exception {
    Path clip = Ffmpeg.clip(directory, "source.flv", "1280x720", 60, SECONDS);
    Map<TrackId, TrackFormat> formats = new HashMap<>();
    List<MediaFrame> frames = read(clip, formats);
    long killedNs;
    try (var _ = events.subscribe(this::watchRung);
        Transcoder _ = startTranscoder()) {
      killedNs = broadcast(formats, frames);
      for (RungWatch watch : watches) {
        assertThat(watch.over.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
    }

    assertThat(workers).as("workers").hasValue(2);
    assertThat(watches)
        .extracting(w -> w.started.rendition().value())
        .containsExactly("480p", "240p");
    for (RungWatch watch : watches) {
      assertWhole(watch.entries);
      long resumedMs = resumedNs(watch, killedNs) / 1_000_000;
      log.atInfo()
          .addKeyValue("rung", watch.started.rendition())
          .addKeyValue("resumedMs", resumedMs)
          .log("the rung went on after the kill");
      assertThat(resumedMs).isLessThan(RESUMED_WITHIN_MS);
    }
  }

  private Transcoder startTranscoder() {
    return Transcoder.start(
        new TranscodeConfig(
            LadderConfig.defaults(), WorkerConfig.defaults(), OverloadConfig.defaults(), 50),
        new TranscodePorts(
            events,
            source,
            rungs,
            PublishedRungs.NONE,
            LadderStore.NONE,
            () -> List.of(new LadderStep(480, 1_500_000, 30), new LadderStep(240, 500_000, 30)),
            new WorkerProgram.Command(
                WorkerJars.find().orElseThrow().command("nova.worker.LadderWorker")),
            2,
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory(),
            new Random(1),
            new WorkerCount()));
  }

  /// Sends the frames at the pace at which they were made, and kills the worker on the way.
  ///
  /// @return when it was killed
  private long broadcast(Map<TrackId, TrackFormat> formats, List<MediaFrame> frames)
      throws InterruptedException {
    Instant at = Instant.now();
    events.publish(
        new StreamStarted(STREAM, at, new ChannelSlug("live"), "127.0.0.1", "", Optional.empty()));
    StreamLogWriter writer = new StreamLogWriter(source.openWriter(STREAM));
    Epoch epoch = writer.startEpoch(formats, at);
    events.publish(new EpochBegan(STREAM, at, epoch, List.of()));
    StreamHealth health = new StreamHealth(1_500_000, 0, 30, 2_000, 0, 0, 0, 0, List.of());
    events.publish(new StreamMeasured(STREAM, at, health));
    long beginNs = System.nanoTime();
    long killedNs = 0;
    for (MediaFrame frame : frames) {
      long dueMs = frame.dts() / 90;
      long waitNs = beginNs + dueMs * 1_000_000 - System.nanoTime();
      if (waitNs > 0) {
        TimeUnit.NANOSECONDS.sleep(waitNs);
      }
      if (killedNs == 0 && dueMs >= KILL_AT_MS) {
        killedNs = System.nanoTime();
        kill();
      }
      sent.add(writer.append(frame, Instant.now()));
    }
    writer.closeStream(true, "over");
    events.publish(new StreamEnded(STREAM, Instant.now(), "over", StreamHealth.NOTHING));
    return killedNs;
  }

  /// SIGKILL to the worker among this JVM's children.
  private static void kill() {
    List<ProcessHandle> found =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("LadderWorker"))
            .toList();
    assertThat(found).as("workers").hasSize(1);
    assertThat(found.getFirst().destroyForcibly()).isTrue();
  }

  private void watchRung(StreamEvent event) {
    if (event instanceof RungStarted started) {
      RungWatch watch =
          new RungWatch(started, new ArrayList<>(), new ArrayList<>(), new CountDownLatch(1));
      watches.add(watch);
      FrameLogReader reader =
          rungs.openReader(
              new RungRun(STREAM, started.rendition(), started.run()), LogPosition.EARLIEST);
      Thread _ = Thread.ofVirtual().start(() -> follow(reader, watch));
    }
  }

  private static void follow(FrameLogReader log, RungWatch watch) {
    try (FrameLogReader reader = log) {
      while (watch.entries.isEmpty() || !(watch.entries.getLast() instanceof StreamClosed)) {
        for (LogEntry entry : reader.read(DEADLINE)) {
          watch.entries.add(entry);
          watch.atNs.add(System.nanoTime());
        }
      }
      watch.over.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// From the kill to the first frame after the longest silence that follows it.
  private static long resumedNs(RungWatch watch, long killedNs) {
    long longest = 0;
    long resumed = 0;
    long before = killedNs;
    for (int i = 0; i < watch.entries.size(); i++) {
      long at = watch.atNs.get(i);
      if (at > killedNs && watch.entries.get(i) instanceof LoggedFrame) {
        if (at - before > longest) {
          longest = at - before;
          resumed = at;
        }
        before = at;
      }
    }
    return resumed - killedNs;
  }

  /// Every frame of the source from the rung's first on, once, with keyframes on the cuts.
  private void assertWhole(List<LogEntry> entries) {
    List<LoggedFrame> frames =
        entries.stream()
            .filter(LoggedFrame.class::isInstance)
            .map(LoggedFrame.class::cast)
            .toList();
    long first = frames.getFirst().frame().dts();
    List<LoggedFrame> expected = sent.stream().filter(f -> f.frame().dts() >= first).toList();
    assertThat(places(frames)).isEqualTo(places(expected));
    assertThat(frames.stream().filter(LoggedFrame::cut)).allMatch(f -> f.frame().keyframe());
    assertThat(frames.getFirst().cut()).isTrue();
    assertThat(frames.stream().filter(f -> f.frame().keyframe() && !f.cut()))
        .as("where the second worker began")
        .hasSizeLessThanOrEqualTo(1);
    assertThat(entries.stream().filter(TrackFormatChanged.class::isInstance)).hasSize(1);
    assertThat(entries.getLast()).isEqualTo(new StreamClosed(true, "over"));
  }

  private static List<String> places(List<LoggedFrame> frames) {
    return frames.stream()
        .map(f -> "%d in %d%s".formatted(f.frame().dts(), f.segment(), f.cut() ? " cut" : ""))
        .toList();
  }

  private static List<MediaFrame> read(Path flv, Map<TrackId, TrackFormat> formats)
      throws IOException {
    List<MediaFrame> frames = new ArrayList<>();
    new FlvTagReader(1 << 24)
        .read(ByteBuffer.wrap(Files.readAllBytes(flv)), tag -> accept(tag, formats, frames));
    return frames;
  }

  private static void accept(
      FlvTag tag, Map<TrackId, TrackFormat> formats, List<MediaFrame> frames) {
    if (!(tag instanceof FlvTag.FlvVideoTag video)) {
      return;
    }
    for (VideoPacket packet : VideoPackets.read(video.payload())) {
      if (packet instanceof VideoPacket.SequenceStart start) {
        formats.put(TrackId.VIDEO, FlvCodecs.videoFormat(start.codec(), start.configuration()));
      } else if (packet instanceof VideoPacket.CodedFrame coded) {
        long dts = tag.timestampMs() * 90;
        long pts = dts + coded.compositionTimeMs() * 90L;
        boolean keyframe = coded.frameType() == VideoFrameType.KEY;
        frames.add(new MediaFrame(TrackId.VIDEO, dts, pts, keyframe, coded.payload()));
      }
    }
  }

  /// Counts the workers that became ready.
  private final class WorkerCount implements TranscodeMetrics {
    @Override
    public void workerStarted(Duration start) {
      int _ = workers.incrementAndGet();
      log.atInfo().addKeyValue("startMs", start.toMillis()).log("worker is ready");
    }
  }
}
