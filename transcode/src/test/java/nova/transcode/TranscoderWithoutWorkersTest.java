package nova.transcode;

import static nova.transcode.TranscodedStreams.LOW;
import static nova.transcode.TranscodedStreams.OTHER;
import static nova.transcode.TranscodedStreams.STREAM;
import static nova.transcode.TranscodedStreams.formats;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.RungsFailed;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.StreamLogWriter;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workers that are missing or fail for good: the source goes on, and why is said.
class TranscoderWithoutWorkersTest {
  @TempDir private Path directory;
  private TranscodedStreams streams;

  @BeforeEach
  void open() {
    streams = new TranscodedStreams(ScriptedPorts.in(directory));
  }

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void machineWithoutWorkers_saysWhy() throws Exception {
    streams.restart(TranscodeConfig.defaults(), new WorkerProgram.Missing("no glibc"));
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.rungs()).isEmpty();
    assertThat(ladder.reason()).isEqualTo("nothing can be encoded: no glibc");
    streams.end(STREAM, writer);
  }

  @Test
  void workersThatKeepFailing_leaveTheSource_andAreNotTriedOnItAgain() throws Exception {
    WorkerConfig once =
        new WorkerConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), 1, Duration.ofMinutes(2));
    streams.restart(
        new TranscodeConfig(LadderConfig.defaults(), once, OverloadConfig.defaults(), 50),
        Script.GIVES_UP,
        "always");
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    assertThat(streams.await(LadderChanged.class).rungs()).containsExactly(LOW);
    RungStarted started = streams.await(RungStarted.class);
    assertThat(streams.log(started)).containsExactly(new StreamClosed(false, "no such codec"));
    RungsFailed failed = streams.await(RungsFailed.class);
    assertThat(failed.reason()).isEqualTo("codec-failed");
    LadderChanged after = streams.await(LadderChanged.class);
    assertThat(after.rungs()).isEmpty();
    assertThat(after.sourceListed()).isTrue();
    assertThat(after.reason()).isEqualTo("encoding failed: no such codec");

    streams.epoch(STREAM, writer, formats(1280, 720), 10);
    streams.measure(STREAM);
    streams.epoch(STREAM, writer, formats(1920, 1080), 20);
    streams.measure(STREAM);
    assertThat(streams.await(LadderChanged.class).rungs()).as("of the larger source").hasSize(2);
    streams.end(STREAM, writer);
  }

  @Test
  void formatThatComesWhileWorkersFail_isTriedNext() throws Exception {
    WorkerConfig patient =
        new WorkerConfig(Duration.ofSeconds(3), Duration.ofSeconds(20), 0, Duration.ofMinutes(2));
    streams.restart(
        new TranscodeConfig(LadderConfig.defaults(), patient, OverloadConfig.defaults(), 50),
        Script.NEVER_READY);
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    assertThat(streams.await(LadderChanged.class).rungs()).containsExactly(LOW);
    streams.epoch(STREAM, writer, formats(1920, 1080), 10);
    streams.measure(STREAM);

    assertThat(streams.await(LadderChanged.class).reason()).startsWith("encoding failed");
    assertThat(streams.await(LadderChanged.class).rungs()).as("of the larger source").hasSize(2);
    streams.end(STREAM, writer);
  }

  @Test
  void librariesThatDoNotLoad_areNotTriedForOtherStreams() throws Exception {
    streams.restart(TranscodeConfig.defaults(), Script.LACKS_ITS_LIBRARIES, "always");
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    assertThat(streams.await(RungsFailed.class).reason()).isEqualTo("native-library-missing");
    StreamLogWriter other = streams.broadcast(OTHER, formats(1280, 720));
    LadderChanged ladder = streams.await(LadderChanged.class);
    while (!ladder.stream().equals(OTHER)) {
      ladder = streams.await(LadderChanged.class);
    }
    assertThat(ladder.reason()).isEqualTo("nothing can be encoded: no glibc 2.35");
    streams.end(STREAM, writer);
    streams.end(OTHER, other);
  }
}
