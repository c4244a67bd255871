package nova.transcode;

import static nova.transcode.TranscodedStreams.LOW;
import static nova.transcode.TranscodedStreams.OTHER;
import static nova.transcode.TranscodedStreams.STREAM;
import static nova.transcode.TranscodedStreams.epochs;
import static nova.transcode.TranscodedStreams.formats;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.StreamLogWriter;
import nova.media.TrackFormat;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams as ingest tells of them, and the ladders that come of it, encoded by real processes.
class TranscoderTest {
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
  void streamThatWasMeasured_getsItsLadder_untilItEnds() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));

    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(LOW);
    assertThat(ladder.sourceListed()).isTrue();
    assertThat(ladder.reason()).isEqualTo("the source is its own top rung");
    RungStarted started = streams.await(RungStarted.class);
    assertThat(started.rendition()).isEqualTo(LOW);
    streams.end(STREAM, writer);

    List<LogEntry> log = streams.log(started);
    assertThat(log.getLast()).isEqualTo(new StreamClosed(true, "over"));
    assertThat(log.stream().filter(LoggedFrame.class::isInstance)).isNotEmpty();
  }

  @Test
  void sourceThatKeepsItsFormat_keepsItsRungs_andOneThatChangesIt_getsOthers() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    RungStarted first = streams.await(RungStarted.class);
    streams.awaitEntries(first);
    streams.epoch(STREAM, writer, formats(1280, 720), 10);
    streams.measure(STREAM);
    streams.epoch(STREAM, writer, formats(1920, 1080), 20);
    streams.measure(STREAM);

    assertThat(epochs(streams.log(first))).containsExactly(0, 1);
    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(new RenditionId("720p"), LOW);
    RungStarted high = streams.await(RungStarted.class);
    RungStarted low = streams.await(RungStarted.class);
    assertThat(low.rendition()).isEqualTo(LOW);
    assertThat(low.run()).isGreaterThan(first.run());
    streams.end(STREAM, writer);
    assertThat(epochs(streams.log(high))).containsExactly(2);
    assertThat(epochs(streams.log(low))).containsExactly(2);
  }

  @Test
  void sourceThatChangesItsFormat_isJudgedByWhatIsMeasuredOfTheNewOne() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    assertThat(streams.await(LadderChanged.class).sourceListed()).isTrue();
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.epoch(STREAM, writer, formats(1920, 1080), 10);
    streams.measure(STREAM, 20_000_000);

    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.reason()).contains("it has 20.0 Mbit/s");
    assertThat(ladder.sourceListed()).isFalse();
    streams.end(STREAM, writer);
  }

  @Test
  void sourceThatHadTooLittleForAnyRung_getsOneWhenItHasMore() throws Exception {
    StreamLogWriter writer = streams.begin(STREAM);
    streams.epoch(STREAM, writer, formats(1280, 720), 0);
    streams.measure(STREAM, 20_000);
    assertThat(streams.await(LadderChanged.class).rungs()).isEmpty();

    streams.measureUntil(STREAM, 4_000_000, () -> streams.hasSaid(LadderChanged.class));

    assertThat(streams.await(LadderChanged.class).rungs()).containsExactly(LOW);
    streams.awaitEntries(streams.await(RungStarted.class));
    streams.end(STREAM, writer);
  }

  @Test
  void sourceThatHasMoreThanAtItsStart_keepsItsRungs_withMore() throws Exception {
    Duration patient = Duration.ofMinutes(60); // the clock is not the worker's
    WorkerConfig worker = new WorkerConfig(patient, patient, 1, patient);
    streams.restart(
        new TranscodeConfig(LadderConfig.defaults(), worker, OverloadConfig.defaults(), 50),
        Script.ALL_WELL);
    StreamLogWriter writer = streams.begin(STREAM);
    streams.epoch(STREAM, writer, formats(1280, 720), 0);
    streams.measure(STREAM, 300_000);
    RungStarted started = streams.await(RungStarted.class);
    streams.awaitEntries(started);

    Path bitrates = directory.resolve(ScriptedWorker.BITRATES);
    AtomicInteger epochs = new AtomicInteger();
    streams.measureUntil(
        STREAM,
        4_000_000,
        () -> {
          streams.epoch(STREAM, writer, formats(1280, 720), epochs.incrementAndGet() * 10L);
          return Files.exists(bitrates);
        });
    streams.end(STREAM, writer);

    assertThat(bitrates).content().contains("bitrateBps=1500000");
    assertThat(epochs(streams.log(started))).hasSize(epochs.get() + 1);
  }

  @Test
  void streamWithoutVideo_saysThatItHasNone() throws Exception {
    StreamLogWriter writer = streams.begin(STREAM);
    Map<TrackId, TrackFormat> audio = formats(1280, 720);
    TrackFormat _ = audio.remove(TrackId.VIDEO);
    streams.epoch(STREAM, writer, audio, 0);
    LadderChanged ladder = streams.await(LadderChanged.class);
    assertThat(ladder.reason()).isEqualTo("the stream has no video");
    assertThat(ladder.sourceListed()).isTrue();
    streams.end(STREAM, writer);
  }

  @Test
  void changedSteps_areForStreamsThatArePlannedAfterwards() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    RungStarted usual = streams.await(RungStarted.class);
    assertThat(usual.rendition()).isEqualTo(LOW);

    streams.ports().ladder().set(List.of(new LadderStep(360, 800_000, 30)));
    StreamLogWriter other = streams.broadcast(OTHER, formats(1280, 720));
    assertThat(streams.await(RungStarted.class).rendition()).isEqualTo(new RenditionId("360p"));
    streams.end(OTHER, other);

    streams.epoch(STREAM, writer, formats(1280, 720), 10);
    streams.measure(STREAM);
    streams.end(STREAM, writer);
    assertThat(epochs(streams.log(usual))).containsExactly(0, 1);
  }

  @Test
  void streamBeyondTheBudget_waitsForItsTurn() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1920, 1080));
    assertThat(streams.await(LadderChanged.class).rungs()).hasSize(2);
    StreamLogWriter other = streams.broadcast(OTHER, formats(1920, 1080));
    LadderChanged refused = streams.await(LadderChanged.class);
    assertThat(refused.stream()).isEqualTo(OTHER);
    assertThat(refused.rungs()).isEmpty();
    assertThat(refused.reason())
        .isEqualTo(
            "nothing is encoded: 40 megapixels per second of a budget of 50 are taken, and it"
                + " needs 40");
    streams.end(STREAM, writer);
    LadderChanged turn = streams.await(LadderChanged.class);
    assertThat(turn.stream()).isEqualTo(OTHER);
    assertThat(turn.rungs()).hasSize(2);
    streams.end(OTHER, other);
  }

  @Test
  void transcoderThatIsClosed_endsAllRungs() throws Exception {
    StreamLogWriter writer = streams.broadcast(STREAM, formats(1280, 720));
    RungStarted started = streams.await(RungStarted.class);
    streams.transcoder().close();
    assertThat(streams.log(started).getLast())
        .isEqualTo(new StreamClosed(false, "transcoding was stopped"));
    assertThat(streams.transcoder().streams()).isZero();
    streams.end(STREAM, writer);
  }
}
