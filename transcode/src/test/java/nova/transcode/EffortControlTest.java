package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.LogPosition;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.TrackFormat.VideoFormat;
import nova.testkit.FakeClock;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said and done while a worker does not keep up, and when it does again; of the worker
/// only its samples matter.
class EffortControlTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final List<Rung> RUNGS =
      List.of(
          new Rung(new RenditionId("720p"), 1280, 720, 1, 3_000_000, 3_300_000),
          new Rung(new RenditionId("480p"), 854, 480, 1, 1_500_000, 1_650_000));

  @TempDir private Path directory;
  private final FakeClock clock = new FakeClock();
  private final List<StreamEvent> said = new CopyOnWriteArrayList<>();
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(failure);
          });
  private final TranscodeBudget budget = new TranscodeBudget(1_000_000_000);
  private TranscodeSupervisor supervisor;
  private EffortControl control;

  @BeforeEach
  void open() {
    var _ = events.subscribe(said::add);
    TranscodePorts ports = ports();
    TranscodeConfig config = TranscodeConfig.defaults();
    AtomicInteger runs = new AtomicInteger();
    supervisor =
        TranscodeSupervisor.start(
            STREAM,
            task(),
            List.of(),
            runs::getAndIncrement,
            new WorkerConfig(Duration.ofHours(1), Duration.ofHours(1), 0, Duration.ofHours(1)),
            ports,
            TranscodeListener.NONE);
    control =
        new EffortControl(
            STREAM,
            new LadderPlan(true, null, RUNGS, "the source is its own top rung"),
            config,
            supervisor,
            budget,
            new LadderAnnouncer(STREAM, ports),
            ports);
    said.clear();
  }

  @AfterEach
  void close() {
    supervisor.close();
  }

  private TranscodePorts ports() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(ScriptedWorker.class.getName(), directory.resolve("begun").toString()));
    command.add(Script.NEVER_READY.name());
    return new TranscodePorts(
        events,
        new InProcessFrameLog(FrameLogConfig.defaults()),
        new InProcessRungLogs(FrameLogConfig.defaults()),
        PublishedRungs.NONE,
        LadderStore.NONE,
        List::of,
        new WorkerProgram.Command(command),
        2,
        clock,
        clock::nanoTime,
        Thread.ofVirtual().factory(),
        new Random(1),
        TranscodeMetrics.NONE);
  }

  private static TranscodeTask task() {
    return new TranscodeTask(
        TrackId.VIDEO,
        (VideoFormat)
            Objects.requireNonNull(SyntheticBroadcast.usual(1).formats().get(TrackId.VIDEO)),
        30,
        EncoderPreset.VERYFAST,
        RUNGS,
        null,
        LogPosition.EARLIEST,
        new Epoch(0));
  }

  /// A sample a second until a step is taken.
  private void sample(boolean late) {
    int before = said.size();
    for (int second = 0; second < 60 && said.size() == before; second++) {
      clock.advance(Duration.ofMillis(900));
      control.judge(
          late
              ? new WorkerSample(clock.nanoTime(), 0.8, 1, 4, 4, Duration.ofSeconds(2), false)
              : new WorkerSample(clock.nanoTime(), 1, 0.3, 0, 4, Duration.ofMillis(100), false));
    }
  }

  private List<String> steps() {
    return said.stream()
        .filter(BitrateAdapted.class::isInstance)
        .map(e -> ((BitrateAdapted) e).step())
        .toList();
  }

  @Test
  void worker_thatDoesNotKeepUp_doesLessStepByStep_andSaysSo() {
    for (int i = 0; i < 6; i++) {
      sample(true);
    }

    assertThat(steps())
        .containsExactly(
            "preset-superfast", "half-frame-rate", "without-720p", "refuse-transcodes");
    assertThat(((BitrateAdapted) said.get(1)).reason())
        .isEqualTo(
            "the worker does not keep up: its frames are 2000 ms late, and its busiest thread"
                + " works 100 % of the time");
    List<LadderChanged> ladders =
        said.stream()
            .filter(LadderChanged.class::isInstance)
            .map(LadderChanged.class::cast)
            .toList();
    assertThat(ladders.getLast().rungs()).containsExactly(new RenditionId("480p"));
    assertThat(ladders.getLast().reason()).endsWith("encoding does not keep up with more rungs");
    assertThat(budget.take(OTHER, 1, () -> {})).isPresent();
  }

  @Test
  void worker_thatHasTimeLeft_doesMoreAgain_untilAllIsDone() {
    for (int i = 0; i < 4; i++) {
      sample(true);
    }
    said.clear();
    for (int i = 0; i < 4; i++) {
      sample(false);
    }

    assertThat(steps())
        .containsExactly("without-720p", "half-frame-rate", "preset-superfast", "as-planned");
    assertThat(said.stream().filter(RungStarted.class::isInstance))
        .as("a rung that had not begun goes on in its log")
        .isEmpty();
    assertThat(said.stream().filter(LadderChanged.class::isInstance))
        .last()
        .extracting(e -> ((LadderChanged) e).rungs().size())
        .isEqualTo(2);
    assertThat(budget.take(OTHER, 1, () -> {})).isEmpty();
  }
}
