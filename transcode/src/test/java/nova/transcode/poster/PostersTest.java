package nova.transcode.poster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;
import nova.transcode.WorkerConfig;
import nova.transcode.poster.ScriptedPosterWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real child processes that fail in every way a worker may, and what becomes of the posters.
class PostersTest {
  private static final StreamId FIRST = new StreamId("stream1");
  private static final StreamId SECOND = new StreamId("stream2");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant BEGIN = SyntheticBroadcast.BEGIN;
  private static final SyntheticBroadcast VIDEO = SyntheticBroadcast.usual(1).withSampleRate(0);

  private record Taken(StreamId stream, Bytes jpeg, Instant takenAt) {}

  @TempDir private Path directory;
  private final InProcessFrameLog frames =
      new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(event.toString(), failure);
          });
  private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Posters start(Script script, int times) {
    return start(script, times, WorkerConfig.defaults());
  }

  private Posters start(Script script, int times, WorkerConfig workers) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ScriptedPosterWorker.class.getName(),
            directory.resolve("starts").toString(),
            script.name(),
            Integer.toString(times));
    return start(command, workers);
  }

  private Posters start(List<String> command, WorkerConfig workers) {
    Posters posters =
        Posters.start(
            new PosterConfig(true, Duration.ofMillis(250)),
            workers,
            new PosterPorts(
                frames,
                events,
                (stream, jpeg, takenAt) -> taken.add(new Taken(stream, jpeg, takenAt)),
                command,
                System::nanoTime,
                Thread.ofVirtual().factory(),
                new Random(1),
                new PosterMetrics() {
                  @Override
                  public void failed(String reason) {
                    failures.add(reason);
                  }
                }));
    open.add(posters);
    return posters;
  }

  private static WorkerConfig workers(Duration start, Duration stall, int restarts) {
    return new WorkerConfig(start, stall, restarts, Duration.ofMinutes(2));
  }

  private StreamLogWriter broadcast(StreamId stream) {
    return broadcast(stream, VIDEO);
  }

  private StreamLogWriter broadcast(StreamId stream, SyntheticBroadcast like) {
    events.publish(
        new StreamStarted(stream, BEGIN, new ChannelSlug("live"), "::1", "test", Optional.empty()));
    StreamLogWriter writer = new StreamLogWriter(frames.openWriter(stream));
    var _ = writer.startEpoch(like.formats(), BEGIN);
    return writer;
  }

  /// A keyframe that says which second it is of.
  private static void keyframe(StreamLogWriter writer, int second) {
    LoggedFrame _ = writer.append(frame(second, true, second), BEGIN.plusSeconds(second));
  }

  private static MediaFrame frame(double second, boolean keyframe, int value) {
    long time = (long) (second * 90_000);
    return new MediaFrame(TrackId.VIDEO, time, time, keyframe, payload(value));
  }

  private static Bytes payload(int value) {
    return Bytes.ofHex("00000002" + "65%02x".formatted(value));
  }

  private Taken next() throws InterruptedException {
    Taken poster = taken.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    assertThat(poster).as("a poster within %s", PATIENCE).isNotNull();
    return poster;
  }

  private String nextFailure() throws InterruptedException {
    String failure = failures.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    assertThat(failure).as("a failure within %s", PATIENCE).isNotNull();
    return failure;
  }

  /// The first process that said it was there.
  private ProcessHandle startedWorker() throws Exception {
    Path starts = directory.resolve("starts");
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(starts) || !Files.readString(starts).endsWith("\n")) {
      assertThat(System.nanoTime()).as("a process within %s", PATIENCE).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    long pid = Long.parseLong(Files.readAllLines(starts).getFirst());
    return ProcessHandle.of(pid).orElseThrow();
  }

  private int starts() throws Exception {
    return Files.readAllLines(directory.resolve("starts")).size();
  }

  @Test
  void keyframes_becomePosters_andOtherFramesDoNot() throws Exception {
    start(Script.ALL_WELL, 0);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    LoggedFrame _ = writer.append(frame(0.5, false, 99), BEGIN.plusMillis(500));
    assertThat(next()).isEqualTo(new Taken(FIRST, payload(0), BEGIN));

    keyframe(writer, 2);

    assertThat(next()).isEqualTo(new Taken(FIRST, payload(2), BEGIN.plusSeconds(2)));
    assertThat(starts()).as("processes").isEqualTo(1);
  }

  @Test
  void manyKeyframesWithinTheInterval_giveOnePosterOfTheNewest() throws Exception {
    start(Script.ALL_WELL, 0);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    Taken first = next();
    for (int second = 1; second <= 5; second++) {
      keyframe(writer, second);
    }

    assertThat(first.jpeg()).isEqualTo(payload(0));
    assertThat(next().jpeg()).isEqualTo(payload(5));
    assertThat(taken).isEmpty();
  }

  @Test
  void twoStreams_shareOneProcess_andEachHasItsOwnPosters() throws Exception {
    start(Script.ALL_WELL, 0);
    keyframe(broadcast(FIRST), 1);
    keyframe(broadcast(SECOND), 2);

    assertThat(List.of(next(), next()))
        .containsExactlyInAnyOrder(
            new Taken(FIRST, payload(1), BEGIN.plusSeconds(1)),
            new Taken(SECOND, payload(2), BEGIN.plusSeconds(2)));
    assertThat(starts()).isEqualTo(1);
  }

  @Test
  void epochOfAnotherFormat_goesOn() throws Exception {
    start(Script.ALL_WELL, 0);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    assertThat(next().jpeg()).isEqualTo(payload(0));
    writer.endEpoch(EpochEnd.CONNECTION_LOST);
    var _ = writer.startEpoch(VIDEO.formats(), BEGIN.plusSeconds(9));
    keyframe(writer, 7);

    assertThat(next().jpeg()).isEqualTo(payload(7));
  }

  @Test
  void workerThatDies_isReplaced() throws Exception {
    assertReplaced(Script.DIES_OVER_STREAM1, "worker-exited", WorkerConfig.defaults());
  }

  @Test
  void workerThatHangs_isKilledAndReplaced() throws Exception {
    assertReplaced(
        Script.HANGS, "worker-stalled", workers(Duration.ofSeconds(30), Duration.ofSeconds(1), 5));
  }

  @Test
  void workerThatIsNeverReady_isKilledAndReplaced() throws Exception {
    assertReplaced(
        Script.NEVER_READY,
        "worker-start-timeout",
        workers(Duration.ofSeconds(5), Duration.ofSeconds(20), 5));
  }

  @Test
  void workerThatTalksNonsense_isReplaced() throws Exception {
    assertReplaced(Script.TALKS_NONSENSE, "worker-broke-protocol", WorkerConfig.defaults());
  }

  @Test
  void workerThatMixesStreamsUp_isReplaced() throws Exception {
    assertReplaced(
        Script.TAKES_ONE_STREAM_FOR_ANOTHER, "worker-broke-protocol", WorkerConfig.defaults());
  }

  private void assertReplaced(Script script, String reason, WorkerConfig config) throws Exception {
    start(script, 1, config);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    assertThat(nextFailure()).isEqualTo(reason);

    keyframe(writer, 2);

    assertThat(next().jpeg()).isEqualTo(payload(2));
    assertThat(starts()).isEqualTo(2);
  }

  @Test
  void frameWithoutAPicture_isCounted_andTheWorkerStays() throws Exception {
    start(Script.BLANK, 1);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    assertThat(nextFailure()).isEqualTo("no-picture");
    keyframe(writer, 2);
    assertThat(nextFailure()).isEqualTo("no-picture");

    assertThat(starts()).isEqualTo(1);
    assertThat(taken).isEmpty();
  }

  @Test
  void streamThatKillsWorkers_getsNoMorePosters_andTheOthersKeepTheirs() throws Exception {
    start(Script.DIES_OVER_STREAM1, Integer.MAX_VALUE);
    StreamLogWriter deadly = broadcast(FIRST);
    StreamLogWriter harmless = broadcast(SECOND);
    keyframe(deadly, 0);
    assertThat(nextFailure()).isEqualTo("worker-exited");
    keyframe(deadly, 2);
    assertThat(nextFailure()).isEqualTo("worker-exited");

    keyframe(deadly, 4);
    keyframe(harmless, 4);

    assertThat(next()).isEqualTo(new Taken(SECOND, payload(4), BEGIN.plusSeconds(4)));
    keyframe(harmless, 6);
    assertThat(next().jpeg()).isEqualTo(payload(6));
    assertThat(failures).isEmpty();
  }

  @Test
  void streamThatKillsWorkersBeyondTheLimit_costsTheOthersTimeOnly() throws Exception {
    Duration window = Duration.ofMillis(500);
    start(
        Script.DIES_OVER_STREAM1,
        Integer.MAX_VALUE,
        new WorkerConfig(PATIENCE, PATIENCE, 0, window));
    StreamLogWriter deadly = broadcast(FIRST);
    StreamLogWriter harmless = broadcast(SECOND);
    keyframe(deadly, 0);
    assertThat(nextFailure()).isEqualTo("worker-exited");

    keyframe(harmless, 2);

    assertThat(next()).isEqualTo(new Taken(SECOND, payload(2), BEGIN.plusSeconds(2)));
  }

  @Test
  void workersThatKeepFailing_endPosters() throws Exception {
    start(Script.DIES_AT_ONCE, Integer.MAX_VALUE, workers(PATIENCE, PATIENCE, 2));
    StreamLogWriter writer = broadcast(FIRST);
    for (int second = 0; second < 3; second++) {
      keyframe(writer, 2 * second);
      assertThat(nextFailure()).isEqualTo("worker-exited");
    }

    keyframe(writer, 8);
    assertThat(failures.poll(1, TimeUnit.SECONDS)).as("a fourth").isNull();
    assertThat(starts()).isEqualTo(3);
  }

  @Test
  void workerThatCannotWork_isNotStartedAgain() throws Exception {
    start(Script.GIVES_UP, Integer.MAX_VALUE);
    StreamLogWriter writer = broadcast(FIRST);
    keyframe(writer, 0);
    assertThat(nextFailure()).isEqualTo("native-library-missing");

    keyframe(writer, 2);
    assertThat(failures.poll(1, TimeUnit.SECONDS)).as("another").isNull();
    assertThat(starts()).isEqualTo(1);
  }

  @Test
  void programThatIsNotThere_isAFailureLikeOthers() throws Exception {
    start(List.of(directory.resolve("no-such-program").toString()), workers(PATIENCE, PATIENCE, 0));
    keyframe(broadcast(FIRST), 0);

    assertThat(nextFailure()).isEqualTo("worker-not-started");
  }

  @Test
  void streamThatEnded_getsNoMorePosters() throws Exception {
    start(Script.ALL_WELL, 0);
    StreamLogWriter ended = broadcast(FIRST);
    keyframe(ended, 0);
    assertThat(next().stream()).isEqualTo(FIRST);
    events.publish(new StreamEnded(FIRST, BEGIN, "over", StreamHealth.NOTHING));
    keyframe(ended, 3);

    StreamLogWriter other = broadcast(SECOND);
    keyframe(other, 0);
    assertThat(next().stream()).isEqualTo(SECOND);
    keyframe(other, 2);
    assertThat(next().stream()).isEqualTo(SECOND);
  }

  @Test
  void postersThatAreClosed_leaveNoProcess() throws Exception {
    Posters posters = start(Script.HANGS, 1);
    keyframe(broadcast(FIRST), 0);
    ProcessHandle worker = startedWorker();

    posters.close();

    assertThat(worker.onExit()).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void intervalOfAlmostNothing_isRefused() {
    assertThatThrownBy(() -> new PosterConfig(true, Duration.ofMillis(249)))
        .hasMessageContaining("poster interval 249 ms (expected: >= 250 ms)");
  }

  @Test
  void soundAfterAKeyframe_doesNotTakeItsPlace() throws Exception {
    start(Script.ALL_WELL, 0);
    StreamLogWriter writer = broadcast(FIRST, SyntheticBroadcast.usual(1));
    keyframe(writer, 0);
    assertThat(next().jpeg()).isEqualTo(payload(0));
    keyframe(writer, 2);
    LoggedFrame _ =
        writer.append(
            new MediaFrame(TrackId.AUDIO, 2 * 48_000, 2 * 48_000, true, payload(99)),
            BEGIN.plusSeconds(2));

    assertThat(next().jpeg()).isEqualTo(payload(2));
    keyframe(writer, 4);
    assertThat(next().jpeg()).isEqualTo(payload(4));
  }
}
