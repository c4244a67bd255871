package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.RungEnd;
import nova.transcode.ScriptedWorker.Script;

/// Logs and events as a server has them, and workers that keep to a script.
///
/// *Thread-safe.*
///
/// @param directory where workers leave a mark that they began
/// @param published what another process published of rungs
/// @param kept ladders of streams on air
/// @param ladder what is planned from
/// @param skippedNs how far the clock is ahead
record ScriptedPorts(
    Path directory,
    InProcessStreamEvents events,
    InProcessFrameLog source,
    InProcessRungLogs rungs,
    AtomicReference<Optional<List<RungEnd>>> published,
    KeptLadders kept,
    AtomicReference<List<LadderStep>> ladder,
    AtomicLong skippedNs) {
  /// The ladder of a new server.
  static final List<LadderStep> USUAL =
      List.of(
          new LadderStep(480, 1_500_000, 30),
          new LadderStep(1080, 5_000_000, 60),
          new LadderStep(720, 3_000_000, 60));

  private static final FrameLogConfig KEEP_ALL =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));

  static ScriptedPorts in(Path directory) {
    return new ScriptedPorts(
        directory,
        new InProcessStreamEvents(
            (event, failure) -> {
              throw new AssertionError(failure);
            }),
        new InProcessFrameLog(KEEP_ALL),
        new InProcessRungLogs(KEEP_ALL),
        new AtomicReference<>(Optional.empty()),
        new KeptLadders(),
        new AtomicReference<>(USUAL),
        new AtomicLong());
  }

  TranscodePorts with(WorkerProgram program) {
    return new TranscodePorts(
        events,
        source,
        rungs,
        _ -> published.get(),
        kept,
        ladder::get,
        program,
        1,
        InstantSource.system(),
        () -> System.nanoTime() + skippedNs.get(),
        Thread.ofVirtual().factory(),
        new Random(1),
        TranscodeMetrics.NONE);
  }

  /// A worker of which the first comes to grief as the script says.
  ///
  /// @param more anything, for all workers to do the same
  WorkerProgram.Command command(Script script, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(ScriptedWorker.class.getName(), directory.resolve("begun").toString()));
    command.add(script.name());
    command.addAll(List.of(more));
    return new WorkerProgram.Command(command);
  }

  /// All that a log has and will have.
  static List<LogEntry> entries(FrameLogReader log) throws InterruptedException {
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        List<LogEntry> more = reader.read(Duration.ofSeconds(20));
        assertThat(more).as("after %d entries", entries.size()).isNotEmpty();
        entries.addAll(more);
      }
    }
    return entries;
  }
}
