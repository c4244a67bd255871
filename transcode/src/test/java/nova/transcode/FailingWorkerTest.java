package nova.transcode;

import static nova.transcode.ScriptedPorts.entries;
import static nova.transcode.SupervisedRungs.HIGH;
import static nova.transcode.SupervisedRungs.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.StreamLogWriter;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real child processes that fail in every way a worker may: others go on after the last frame.
class FailingWorkerTest {
  @TempDir private Path directory;
  private SupervisedRungs rungs;

  @BeforeEach
  void open() {
    rungs = new SupervisedRungs(ScriptedPorts.in(directory));
  }

  @Test
  void workerThatDies_isReplaced_andNoFrameIsMissingOrTwice() throws Exception {
    rungs.runWithOneFailure(Script.DIES_AFTER_40_FRAMES, WorkerConfig.defaults());
    assertThat(rungs.heard())
        .containsExactly(
            "ready",
            "worker-exited: the worker ended with status 139: double free or corruption",
            "ready");
  }

  @Test
  void workerThatIsNeverReady_isKilledAndReplaced() throws Exception {
    rungs.runWithOneFailure(
        Script.NEVER_READY, config(Duration.ofSeconds(5), Duration.ofSeconds(20), 1));
    assertThat(rungs.heard())
        .containsExactly("worker-start-timeout: the worker was not ready after 5000 ms", "ready");
  }

  @Test
  void workerThatStalls_isKilledAndReplaced() throws Exception {
    rungs.runWithOneFailure(
        Script.STOPS_READING_AFTER_40_FRAMES,
        config(Duration.ofSeconds(20), Duration.ofSeconds(2), 1));
    assertThat(rungs.heard())
        .containsExactly(
            "ready", "worker-stalled: the worker got frames and gave nothing for 2000 ms", "ready");
  }

  @Test
  void workerThatTalksNonsense_isReplaced() throws Exception {
    rungs.runWithOneFailure(Script.TALKS_NONSENSE, WorkerConfig.defaults());
    assertThat(rungs.heard()).hasSize(2);
    assertThat(rungs.heard().getFirst()).startsWith("worker-broke-protocol: worker message bytes");
  }

  @Test
  void workerThatGivesUp_isReplaced() throws Exception {
    rungs.runWithOneFailure(Script.GIVES_UP, WorkerConfig.defaults());
    assertThat(rungs.heard()).containsExactly("codec-failed: no such codec", "ready");
  }

  @Test
  void workerThatWouldRewriteAFrame_isReplaced() throws Exception {
    rungs.runWithOneFailure(Script.REPEATS_A_FRAME, WorkerConfig.defaults());
    assertThat(rungs.heard().get(1)).startsWith("worker-broke-protocol: rung 720p got a frame at");
  }

  @Test
  void workersThatKeepFailing_endTheRungs_withASentence() throws Exception {
    StreamLogWriter writer = rungs.broadcast();
    WorkerConfig config = config(Duration.ofSeconds(20), Duration.ofSeconds(20), 2);
    rungs.runToEnd(config, rungs.command(Script.GIVES_UP, "always"));
    assertThat(rungs.heard())
        .containsExactly(
            "codec-failed: no such codec", "codec-failed: no such codec", "over: codec-failed");
    assertThat(entries(rungs.read(HIGH))).containsExactly(new StreamClosed(false, "no such codec"));
    assertThat(writer.inEpoch()).as("the source goes on").isTrue();
  }

  @Test
  void programThatIsNotThere_isAFailureLikeOthers() throws Exception {
    rungs.broadcast().closeStream(true, "over");
    WorkerConfig config = config(Duration.ofSeconds(20), Duration.ofSeconds(20), 0);
    String missing = directory.resolve("no-such-program").toString();
    rungs.runToEnd(config, new WorkerProgram.Command(List.of(missing)));
    assertThat(rungs.heard()).containsExactly("over: worker-not-started");
  }

  @Test
  void workerThatLacksItsLibraries_isNotStartedAgain() throws Exception {
    StreamLogWriter _ = rungs.broadcast();
    rungs.runToEnd(WorkerConfig.defaults(), rungs.command(Script.LACKS_ITS_LIBRARIES, "always"));
    assertThat(rungs.heard()).containsExactly("over: native-library-missing");
  }
}
