package nova.transcode;

import static nova.transcode.ScriptedPorts.entries;
import static nova.transcode.SupervisedRungs.DEADLINE;
import static nova.transcode.SupervisedRungs.HIGH;
import static nova.transcode.SupervisedRungs.LOW;
import static nova.transcode.SupervisedRungs.STREAM;
import static nova.transcode.SupervisedRungs.config;
import static nova.transcode.SupervisedRungs.segments;
import static nova.transcode.SupervisedRungs.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.StreamEvent.RungStarted;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rungs that real child processes make, and what becomes of their logs.
class TranscodeSupervisorTest {
  @TempDir private Path directory;
  private SupervisedRungs rungs;

  @BeforeEach
  void open() {
    rungs = new SupervisedRungs(ScriptedPorts.in(directory));
  }

  @Test
  void workerThatDoesItsJob_givesTheRungsOfTheSource() throws Exception {
    rungs.runWithOneFailure(Script.ALL_WELL, WorkerConfig.defaults());
    assertThat(rungs.heard()).containsExactly("ready");
  }

  @Test
  void supervisorThatIsClosed_endsItsWorkerAndItsRungs() throws Exception {
    StreamLogWriter _ = rungs.broadcast();
    try (TranscodeSupervisor _ =
            rungs.start(WorkerConfig.defaults(), rungs.command(Script.ALL_WELL));
        FrameLogReader reader = rungs.read(LOW)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
    }
    List<LogEntry> entries = entries(rungs.read(LOW));
    assertThat(entries.getLast()).isEqualTo(new StreamClosed(false, "transcoding was stopped"));
    assertThat(entries.get(entries.size() - 2))
        .isInstanceOfSatisfying(
            EpochEnded.class, e -> assertThat(e.end()).isEqualTo(EpochEnd.CONNECTION_LOST));
  }

  @Test
  void rungLeftOut_endsItsLog_andComesBackWithANewOne_whileTheOthersGoOn() throws Exception {
    List<RungStarted> started = new CopyOnWriteArrayList<>();
    var _ = rungs.ports().events().subscribe(event -> started.add((RungStarted) event));
    StreamLogWriter writer = new StreamLogWriter(rungs.ports().source().openWriter(STREAM));
    var _ = writer.startEpoch(SyntheticBroadcast.usual(7).formats(), SyntheticBroadcast.BEGIN);
    Effort less = new Effort(EncoderPreset.FAST, 1, List.of(HIGH));
    try (TranscodeSupervisor supervisor =
        rungs.start(WorkerConfig.defaults(), rungs.command(Script.ALL_WELL))) {
      write(writer, 0, 3);
      rungs.awaitFrames(LOW, 90);
      assertThat(supervisor.adapt(less)).isTrue();
      assertThat(supervisor.canAdapt(Effort.whole(EncoderPreset.FAST)))
          .as("back before it has ended")
          .isFalse();
      write(writer, 3, 5); // with a cut after 4 s
      List<LogEntry> before = entries(rungs.read(HIGH));
      assertThat(before.getLast()).isEqualTo(new StreamClosed(true, "the rung is left out"));
      assertThat(segments(before)).containsExactly(1L, 2L);
      rungs.awaitFrames(LOW, 150);
      assertThat(supervisor.adapt(Effort.whole(EncoderPreset.FAST))).isTrue();
      write(writer, 5, 7); // with a cut after 6 s
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(started)
        .extracting(e -> e.rendition() + " " + e.run())
        .containsExactly("720p 0", "480p 1", "720p 2");
    List<LogEntry> after =
        entries(
            rungs.ports().rungs().openReader(new RungRun(STREAM, HIGH, 2), LogPosition.EARLIEST));
    assertThat(segments(after)).containsExactly(4L);
    assertThat(after.getLast()).isEqualTo(new StreamClosed(true, "over"));
    assertThat(entries(rungs.read(LOW))).isEqualTo(rungs.expected());
  }

  @Test
  void otherBitrates_areGivenToTheRunningWorker() throws Exception {
    List<Rung> more =
        List.of(
            new Rung(HIGH, 1280, 720, 1, 4_000_000, 4_400_000),
            new Rung(LOW, 854, 480, 1, 2_000_000, 2_200_000));
    StreamLogWriter writer = new StreamLogWriter(rungs.ports().source().openWriter(STREAM));
    var _ = writer.startEpoch(SyntheticBroadcast.usual(7).formats(), SyntheticBroadcast.BEGIN);
    try (TranscodeSupervisor supervisor =
        rungs.start(WorkerConfig.defaults(), rungs.command(Script.ALL_WELL))) {
      write(writer, 0, 3);
      rungs.awaitFrames(LOW, 90);
      supervisor.change(more);
      write(writer, 3, 7);
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(directory.resolve(ScriptedWorker.BITRATES)).hasContent(more.toString());
    rungs.assertWholeRungs();
    assertThat(rungs.heard()).containsExactly("ready");
  }

  @Test
  void rungsWithAnotherWriter_areGivenUp_andThatIsSaid() throws Exception {
    StreamLogWriter writer = rungs.broadcast();
    try (TranscodeSupervisor supervisor =
            rungs.start(WorkerConfig.defaults(), rungs.command(Script.ALL_WELL));
        FrameLogReader reader = rungs.read(HIGH)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
      var _ = rungs.ports().rungs().openWriter(new RungRun(STREAM, HIGH, 0));
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(rungs.heard()).containsExactly("ready", "over: rungs-taken");
  }

  @Test
  void rungsWhoseLogsAreRemoved_endWithTheirStream() throws Exception {
    StreamLogWriter writer = rungs.broadcast();
    try (TranscodeSupervisor supervisor =
            rungs.start(WorkerConfig.defaults(), rungs.command(Script.ALL_WELL));
        FrameLogReader reader = rungs.read(HIGH)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
      rungs.ports().rungs().remove(new RungRun(STREAM, HIGH, 0));
      writer.closeStream(true, "over");
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
    assertThat(rungs.heard()).containsExactly("ready");
  }

  @Test
  void listenerThatThrows_isAFailureOfTheWorker_andTheRungsGoOn() throws Exception {
    rungs.broadcast().closeStream(true, "over");
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
            rungs.heard().add(failure.reason());
          }
        };
    WorkerConfig config = WorkerConfig.defaults();
    rungs.runToEnd(config, rungs.command(Script.ALL_WELL), throwsOnce);
    assertThat(rungs.heard()).containsExactly("server-fault");
    rungs.assertWholeRungs();
  }

  @Test
  void errorOfTheSupervisorItself_endsItsRungs() throws Exception {
    StreamLogWriter _ = rungs.broadcast();
    TranscodeListener breaks =
        new TranscodeListener() {
          @Override
          public void workerFailed(WorkerFailure failure) {
            throw new AssertionError("out of anything");
          }

          @Override
          public void ended(TranscodeEnd end) {
            rungs.heard().add(end.getClass().getSimpleName());
          }
        };
    WorkerConfig config = WorkerConfig.defaults();
    rungs.runToEnd(config, rungs.command(Script.GIVES_UP, "always"), breaks);
    assertThat(rungs.heard()).containsExactly("Failed");
    assertThat(entries(rungs.read(HIGH)).getLast())
        .isEqualTo(
            new StreamClosed(
                false,
                "transcoding failed within the server: java.lang.AssertionError: out of anything"));
    assertThat(entries(rungs.read(LOW)).getLast()).isInstanceOf(StreamClosed.class);
  }
}
