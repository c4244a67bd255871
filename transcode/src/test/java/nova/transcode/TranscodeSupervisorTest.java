package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real child processes that fail in every way a worker may, and what becomes of the rungs' logs.
class TranscodeSupervisorTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final RenditionId HIGH = new RenditionId("720p");
  private static final RenditionId LOW = new RenditionId("480p");
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final FrameLogConfig KEEP_ALL =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));

  private static final VideoFormat VIDEO =
      (VideoFormat)
          Objects.requireNonNull(SyntheticBroadcast.usual(7).formats().get(TrackId.VIDEO));

  @TempDir private Path directory;
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw failure;
          });
  private final InProcessFrameLog source = new InProcessFrameLog(KEEP_ALL);
  private final InProcessRungLogs rungs = new InProcessRungLogs(KEEP_ALL);
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private TranscodeSupervisor start(WorkerConfig config, List<String> command) {
    return start(config, command, listener());
  }

  private TranscodeSupervisor start(
      WorkerConfig config, List<String> command, TranscodeListener listener) {
    TranscodeTask task =
        new TranscodeTask(
            TrackId.VIDEO,
            VIDEO,
            30,
            EncoderPreset.FAST,
            List.of(
                new Rung(HIGH, 1280, 720, 1, 3_000_000, 3_300_000),
                new Rung(LOW, 854, 480, 1, 1_500_000, 1_650_000)),
            null,
            LogPosition.EARLIEST,
            new Epoch(0));
    AtomicInteger runs = new AtomicInteger();
    return TranscodeSupervisor.start(
        STREAM,
        task,
        runs::getAndIncrement,
        config,
        new TranscodePorts(
            events,
            source,
            rungs,
            new WorkerProgram.Command(command),
            2,
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory(),
            new Random(1),
            TranscodeMetrics.NONE),
        listener);
  }

  private TranscodeListener listener() {
    return new TranscodeListener() {
      @Override
      public void workerReady(String encoder, Duration start) {
        heard.add("ready");
      }

      @Override
      public void workerFailed(WorkerFailure failure) {
        heard.add(failure.reason() + ": " + failure.sentence());
      }

      @Override
      public void ended(TranscodeEnd end) {
        if (end instanceof TranscodeEnd.Failed(WorkerFailure last)) {
          heard.add("over: " + last.reason());
        }
      }
    };
  }

  private List<String> command(Script script, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(ScriptedWorker.class.getName(), directory.resolve("begun").toString()));
    command.add(script.name());
    command.addAll(List.of(more));
    return command;
  }

  private static WorkerConfig config(Duration start, Duration stall, int restarts) {
    return new WorkerConfig(start, stall, restarts, Duration.ofMinutes(2));
  }

  private StreamLogWriter broadcast() {
    StreamLogWriter writer = new StreamLogWriter(source.openWriter(STREAM));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(7);
    var _ = writer.startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      LoggedFrame _ = writer.append(arrival.frame(), arrival.at());
    }
    return writer;
  }

  private FrameLogReader read(RenditionId rung) {
    return rungs.openReader(
        new RungRun(STREAM, rung, rung.equals(HIGH) ? 0 : 1), LogPosition.EARLIEST);
  }

  private static List<LogEntry> entries(FrameLogReader log) throws InterruptedException {
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        List<LogEntry> more = reader.read(Duration.ofSeconds(5));
        assertThat(more).as("after %d entries", entries.size()).isNotEmpty();
        entries.addAll(more);
      }
    }
    return entries;
  }

  /// The source's log without audio, which is what the scripted worker makes of it.
  private List<LogEntry> expected() throws InterruptedException {
    return entries(source.openReader(STREAM, LogPosition.EARLIEST)).stream()
        .filter(
            e ->
                !(e instanceof LoggedFrame f && f.frame().track().equals(TrackId.AUDIO))
                    && !(e instanceof LogEntry.TrackFormatChanged c
                        && c.track().equals(TrackId.AUDIO)))
        .toList();
  }

  private void assertWholeRungs() throws InterruptedException {
    assertThat(entries(read(HIGH))).isEqualTo(expected());
    assertThat(entries(read(LOW))).isEqualTo(expected());
  }

  private void runWithOneFailure(Script script, WorkerConfig config) throws InterruptedException {
    broadcast().closeStream(true, "over");
    try (TranscodeSupervisor supervisor = start(config, command(script))) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertWholeRungs();
  }

  @Test
  void workerThatDoesItsJob_givesTheRungsOfTheSource() throws Exception {
    runWithOneFailure(Script.ALL_WELL, WorkerConfig.defaults());
    assertThat(heard).containsExactly("ready");
  }

  @Test
  void workerThatDies_isReplaced_andNoFrameIsMissingOrTwice() throws Exception {
    runWithOneFailure(Script.DIES_AFTER_40_FRAMES, WorkerConfig.defaults());
    assertThat(heard)
        .containsExactly(
            "ready",
            "worker-exited: the worker ended with status 139: double free or corruption",
            "ready");
  }

  @Test
  void workerThatIsNeverReady_isKilledAndReplaced() throws Exception {
    runWithOneFailure(Script.NEVER_READY, config(Duration.ofSeconds(5), Duration.ofSeconds(20), 1));
    assertThat(heard)
        .containsExactly("worker-start-timeout: the worker was not ready after 5000 ms", "ready");
  }

  @Test
  void workerThatStalls_isKilledAndReplaced() throws Exception {
    runWithOneFailure(
        Script.STOPS_READING_AFTER_40_FRAMES,
        config(Duration.ofSeconds(20), Duration.ofSeconds(2), 1));
    assertThat(heard)
        .containsExactly(
            "ready", "worker-stalled: the worker got frames and gave nothing for 2000 ms", "ready");
  }

  @Test
  void workerThatTalksNonsense_isReplaced() throws Exception {
    runWithOneFailure(Script.TALKS_NONSENSE, WorkerConfig.defaults());
    assertThat(heard).hasSize(2);
    assertThat(heard.getFirst()).startsWith("worker-broke-protocol: worker message bytes");
  }

  @Test
  void workerThatGivesUp_isReplaced() throws Exception {
    runWithOneFailure(Script.GIVES_UP, WorkerConfig.defaults());
    assertThat(heard).containsExactly("codec-failed: no such codec", "ready");
  }

  @Test
  void workerThatWouldRewriteAFrame_isReplaced() throws Exception {
    runWithOneFailure(Script.REPEATS_A_FRAME, WorkerConfig.defaults());
    assertThat(heard.get(1)).startsWith("worker-broke-protocol: rung 720p got a frame at");
  }

  @Test
  void workersThatKeepFailing_endTheRungs_withASentence() throws Exception {
    StreamLogWriter writer = broadcast();
    WorkerConfig config = config(Duration.ofSeconds(20), Duration.ofSeconds(20), 2);
    try (TranscodeSupervisor supervisor = start(config, command(Script.GIVES_UP, "always"))) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard)
        .containsExactly(
            "codec-failed: no such codec", "codec-failed: no such codec", "over: codec-failed");
    assertThat(entries(read(HIGH))).containsExactly(new StreamClosed(false, "no such codec"));
    assertThat(writer.inEpoch()).as("the source goes on").isTrue();
  }

  @Test
  void programThatIsNotThere_isAFailureLikeOthers() throws Exception {
    broadcast().closeStream(true, "over");
    WorkerConfig config = config(Duration.ofSeconds(20), Duration.ofSeconds(20), 0);
    String missing = directory.resolve("no-such-program").toString();
    try (TranscodeSupervisor supervisor = start(config, List.of(missing))) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard).containsExactly("over: worker-not-started");
  }

  @Test
  void supervisorThatIsClosed_endsItsWorkerAndItsRungs() throws Exception {
    StreamLogWriter _ = broadcast();
    try (TranscodeSupervisor _ = start(WorkerConfig.defaults(), command(Script.ALL_WELL));
        FrameLogReader reader = read(LOW)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
    }
    List<LogEntry> entries = entries(read(LOW));
    assertThat(entries.getLast()).isEqualTo(new StreamClosed(false, "transcoding was stopped"));
    assertThat(entries.get(entries.size() - 2))
        .isInstanceOfSatisfying(
            EpochEnded.class, e -> assertThat(e.end()).isEqualTo(EpochEnd.CONNECTION_LOST));
  }

  @Test
  void rungLeftOut_endsItsLog_andComesBackWithANewOne_whileTheOthersGoOn() throws Exception {
    List<RungStarted> started = new CopyOnWriteArrayList<>();
    var _ = events.subscribe(event -> started.add((RungStarted) event));
    StreamLogWriter writer = new StreamLogWriter(source.openWriter(STREAM));
    var _ = writer.startEpoch(SyntheticBroadcast.usual(7).formats(), SyntheticBroadcast.BEGIN);
    Effort less = new Effort(EncoderPreset.FAST, 1, List.of(HIGH));
    try (TranscodeSupervisor supervisor =
        start(WorkerConfig.defaults(), command(Script.ALL_WELL))) {
      write(writer, 0, 3);
      awaitFrames(LOW, 90);
      assertThat(supervisor.adapt(less)).isTrue();
      assertThat(supervisor.canAdapt(Effort.whole(EncoderPreset.FAST)))
          .as("back before it has ended")
          .isFalse();
      write(writer, 3, 5); // with a cut after 4 s
      List<LogEntry> before = entries(read(HIGH));
      assertThat(before.getLast()).isEqualTo(new StreamClosed(true, "the rung is left out"));
      assertThat(segments(before)).containsExactly(1L, 2L);
      awaitFrames(LOW, 150);
      assertThat(supervisor.adapt(Effort.whole(EncoderPreset.FAST))).isTrue();
      write(writer, 5, 7); // with a cut after 6 s
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(started)
        .extracting(e -> e.rendition() + " " + e.run())
        .containsExactly("720p 0", "480p 1", "720p 2");
    List<LogEntry> after =
        entries(rungs.openReader(new RungRun(STREAM, HIGH, 2), LogPosition.EARLIEST));
    assertThat(segments(after)).containsExactly(4L);
    assertThat(after.getLast()).isEqualTo(new StreamClosed(true, "over"));
    assertThat(entries(read(LOW))).isEqualTo(expected());
  }

  private static void write(StreamLogWriter writer, int fromSecond, int toSecond) {
    for (SyntheticBroadcast.Arrival arrival : SyntheticBroadcast.usual(7).arrivals()) {
      Duration at = Duration.between(SyntheticBroadcast.BEGIN, arrival.at());
      if (at.toSeconds() >= fromSecond && at.toSeconds() < toSecond) {
        LoggedFrame _ = writer.append(arrival.frame(), arrival.at());
      }
    }
  }

  private void awaitFrames(RenditionId rung, long count) throws InterruptedException {
    try (FrameLogReader reader = read(rung)) {
      long frames = 0;
      while (frames < count) {
        List<LogEntry> more = reader.read(DEADLINE);
        assertThat(more).as("after %d frames", frames).isNotEmpty();
        frames += more.stream().filter(LoggedFrame.class::isInstance).count();
      }
    }
  }

  private static List<Long> segments(List<LogEntry> log) {
    return log.stream()
        .filter(LoggedFrame.class::isInstance)
        .map(e -> ((LoggedFrame) e).segment())
        .distinct()
        .toList();
  }

  @Test
  void workerThatLacksItsLibraries_isNotStartedAgain() throws Exception {
    StreamLogWriter _ = broadcast();
    try (TranscodeSupervisor supervisor =
        start(WorkerConfig.defaults(), command(Script.LACKS_ITS_LIBRARIES, "always"))) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard).containsExactly("over: native-library-missing");
  }

  @Test
  void rungsWithAnotherWriter_areGivenUp_andThatIsSaid() throws Exception {
    StreamLogWriter writer = broadcast();
    try (TranscodeSupervisor supervisor = start(WorkerConfig.defaults(), command(Script.ALL_WELL));
        FrameLogReader reader = read(HIGH)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
      var _ = rungs.openWriter(new RungRun(STREAM, HIGH, 0));
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard).containsExactly("ready", "over: rungs-taken");
  }

  @Test
  void listenerThatThrows_isAFailureOfTheWorker_andTheRungsGoOn() throws Exception {
    broadcast().closeStream(true, "over");
    TranscodeListener throwsOnce =
        new TranscodeListener() {
          private boolean thrown;

          @Override
          public void workerReady(String encoder, Duration start) {
            if (!thrown) {
              thrown = true;
              throw new IllegalStateException("a metric that is not there");
            }
          }

          @Override
          public void workerFailed(WorkerFailure failure) {
            heard.add(failure.reason());
          }
        };
    WorkerConfig config = WorkerConfig.defaults();
    try (TranscodeSupervisor supervisor = start(config, command(Script.ALL_WELL), throwsOnce)) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard).containsExactly("server-fault");
    assertWholeRungs();
  }

  @Test
  void errorOfTheSupervisorItself_endsItsRungs() throws Exception {
    StreamLogWriter _ = broadcast();
    TranscodeListener breaks =
        new TranscodeListener() {
          @Override
          public void workerFailed(WorkerFailure failure) {
            throw new AssertionError("out of anything");
          }

          @Override
          public void ended(TranscodeEnd end) {
            heard.add(end.getClass().getSimpleName());
          }
        };
    WorkerConfig config = WorkerConfig.defaults();
    try (TranscodeSupervisor supervisor =
        start(config, command(Script.GIVES_UP, "always"), breaks)) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(heard).containsExactly("Failed");
    assertThat(entries(read(HIGH)).getLast())
        .isEqualTo(
            new StreamClosed(
                false,
                "transcoding failed within the server: java.lang.AssertionError: out of anything"));
    assertThat(entries(read(LOW)).getLast()).isInstanceOf(StreamClosed.class);
  }
}
