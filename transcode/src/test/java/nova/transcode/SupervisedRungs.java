package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.ScriptedWorker.Script;

/// A source, the supervisor of its two rungs, and the rungs' logs.
///
/// *Confined to its test*, but for what the listener hears.
final class SupervisedRungs {
  static final StreamId STREAM = new StreamId("stream1");
  static final RenditionId HIGH = new RenditionId("720p");
  static final RenditionId LOW = new RenditionId("480p");
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final VideoFormat VIDEO =
      (VideoFormat)
          Objects.requireNonNull(SyntheticBroadcast.usual(7).formats().get(TrackId.VIDEO));

  private final ScriptedPorts ports;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  SupervisedRungs(ScriptedPorts ports) {
    this.ports = ports;
  }

  ScriptedPorts ports() {
    return ports;
  }

  /// What the listener heard of workers, and what tests add.
  List<String> heard() {
    return heard;
  }

  WorkerProgram command(Script script, String... more) {
    return ports.command(script, more);
  }

  TranscodeSupervisor start(WorkerConfig config, WorkerProgram program) {
    return start(config, program, listener());
  }

  TranscodeSupervisor start(
      WorkerConfig config, WorkerProgram program, TranscodeListener listener) {
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
        STREAM, task, List.of(), runs::getAndIncrement, config, ports.with(program), listener);
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

  void runToEnd(WorkerConfig config, WorkerProgram program) throws InterruptedException {
    runToEnd(config, program, listener());
  }

  void runToEnd(WorkerConfig config, WorkerProgram program, TranscodeListener listener)
      throws InterruptedException {
    try (TranscodeSupervisor supervisor = start(config, program, listener)) {
      assertThat(supervisor.awaitEnd(DEADLINE)).isTrue();
    }
  }

  void runWithOneFailure(Script script, WorkerConfig config) throws InterruptedException {
    broadcast().closeStream(true, "over");
    runToEnd(config, command(script));
    assertWholeRungs();
  }

  static WorkerConfig config(Duration start, Duration stall, int restarts) {
    return new WorkerConfig(start, stall, restarts, Duration.ofMinutes(2));
  }

  StreamLogWriter broadcast() {
    StreamLogWriter writer = new StreamLogWriter(ports.source().openWriter(STREAM));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(7);
    var _ = writer.startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN);
    for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
      LoggedFrame _ = writer.append(arrival.frame(), arrival.at());
    }
    return writer;
  }

  static void write(StreamLogWriter writer, int fromSecond, int toSecond) {
    for (SyntheticBroadcast.Arrival arrival : SyntheticBroadcast.usual(7).arrivals()) {
      Duration at = Duration.between(SyntheticBroadcast.BEGIN, arrival.at());
      if (at.toSeconds() >= fromSecond && at.toSeconds() < toSecond) {
        LoggedFrame _ = writer.append(arrival.frame(), arrival.at());
      }
    }
  }

  FrameLogReader read(RenditionId rung) {
    return ports
        .rungs()
        .openReader(new RungRun(STREAM, rung, rung.equals(HIGH) ? 0 : 1), LogPosition.EARLIEST);
  }

  void awaitFrames(RenditionId rung, long count) throws InterruptedException {
    try (FrameLogReader reader = read(rung)) {
      long frames = 0;
      while (frames < count) {
        List<LogEntry> more = reader.read(DEADLINE);
        assertThat(more).as("after %d frames", frames).isNotEmpty();
        frames += more.stream().filter(LoggedFrame.class::isInstance).count();
      }
    }
  }

  /// The source's log without audio, which is what the scripted worker makes of it.
  List<LogEntry> expected() throws InterruptedException {
    return ScriptedPorts.entries(ports.source().openReader(STREAM, LogPosition.EARLIEST)).stream()
        .filter(
            e ->
                !(e instanceof LoggedFrame f && f.frame().track().equals(TrackId.AUDIO))
                    && !(e instanceof LogEntry.TrackFormatChanged c
                        && c.track().equals(TrackId.AUDIO)))
        .toList();
  }

  void assertWholeRungs() throws InterruptedException {
    assertThat(ScriptedPorts.entries(read(HIGH))).isEqualTo(expected());
    assertThat(ScriptedPorts.entries(read(LOW))).isEqualTo(expected());
  }

  static List<Long> segments(List<LogEntry> log) {
    return log.stream()
        .filter(LoggedFrame.class::isInstance)
        .map(e -> ((LoggedFrame) e).segment())
        .distinct()
        .toList();
  }
}
