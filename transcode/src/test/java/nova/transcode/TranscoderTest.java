package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
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
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.ScriptedWorker.Script;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams as ingest tells of them, and the ladders that come of it, encoded by real processes.
class TranscoderTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final RenditionId LOW = new RenditionId("480p");
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final FrameLogConfig KEEP_ALL =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));

  private static final RenditionId AAC = new RenditionId("aac");

  @TempDir private Path directory;
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw failure;
          });
  private final InProcessFrameLog source = new InProcessFrameLog(KEEP_ALL);
  private final InProcessRungLogs rungs = new InProcessRungLogs(KEEP_ALL);
  private final LinkedBlockingQueue<StreamEvent> said = new LinkedBlockingQueue<>();
  private final StreamEvents.Subscription listening = events.subscribe(said::add);
  private Transcoder transcoder;

  private Transcoder start(TranscodeConfig config, Script script, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(ScriptedWorker.class.getName());
    command.addAll(List.of(String.valueOf(directory.resolve("begun")), script.name()));
    command.addAll(List.of(more));
    return start(config, new WorkerProgram.Command(command));
  }

  private Transcoder start(TranscodeConfig config, WorkerProgram program) {
    return Transcoder.start(
        config,
        new TranscodePorts(
            events,
            source,
            rungs,
            program,
            1,
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory(),
            new Random(1),
            TranscodeMetrics.NONE));
  }

  private void restart(TranscodeConfig config, Script script, String... more) {
    transcoder.close();
    transcoder = start(config, script, more);
  }

  @BeforeEach
  void open() {
    transcoder = start(TranscodeConfig.defaults(), Script.ALL_WELL);
  }

  @AfterEach
  void close() {
    transcoder.close();
    listening.close();
  }

  private <E extends StreamEvent> E await(Class<E> kind) throws InterruptedException {
    while (true) {
      StreamEvent event = said.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      assertThat(event).as("a %s", kind.getSimpleName()).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  private static StreamHealth health(double frameRate, long keyframeIntervalMs) {
    return new StreamHealth(
        3_000_000, 128_000, frameRate, keyframeIntervalMs, 0, 0, 0, 0, List.of());
  }

  private StreamLogWriter begin(StreamId stream) {
    events.publish(
        new StreamStarted(stream, Instant.EPOCH, new ChannelSlug("live"), "127.0.0.1", ""));
    return new StreamLogWriter(source.openWriter(stream));
  }

  private static Map<TrackId, TrackFormat> formats(int width, int height) {
    Map<TrackId, TrackFormat> formats = new HashMap<>(SyntheticBroadcast.usual(7).formats());
    TrackFormat _ =
        formats.computeIfPresent(
            TrackId.VIDEO,
            (track, format) -> {
              VideoFormat video = (VideoFormat) format;
              return new VideoFormat(
                  video.codec(),
                  video.timescale(),
                  video.codecString(),
                  width,
                  height,
                  video.pixelAspectRatio(),
                  video.frameRate(),
                  video.configuration());
            });
    return formats;
  }

  private void epoch(
      StreamId stream, StreamLogWriter writer, Map<TrackId, TrackFormat> formats, long laterS) {
    Duration later = Duration.ofSeconds(laterS);
    Epoch epoch = writer.startEpoch(formats, SyntheticBroadcast.BEGIN.plus(later));
    events.publish(new EpochBegan(stream, Instant.EPOCH, epoch, List.of()));
    for (SyntheticBroadcast.Arrival arrival : SyntheticBroadcast.usual(7).arrivals()) {
      if (formats.containsKey(arrival.frame().track())) {
        LoggedFrame _ = writer.append(arrival.frame(), arrival.at().plus(later));
      }
    }
  }

  private void measure(StreamId stream) {
    events.publish(new StreamMeasured(stream, Instant.EPOCH, health(30, 2_000)));
  }

  private void end(StreamId stream, StreamLogWriter writer) {
    writer.closeStream(true, "over");
    events.publish(new StreamEnded(stream, Instant.EPOCH, "over"));
  }

  private List<LogEntry> log(RungStarted started) throws InterruptedException {
    List<LogEntry> entries = new ArrayList<>();
    RungRun run = new RungRun(started.stream(), started.rendition(), started.run());
    try (FrameLogReader reader = rungs.openReader(run, LogPosition.EARLIEST)) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        List<LogEntry> more = reader.read(Duration.ofSeconds(20));
        assertThat(more).as("after %d entries", entries.size()).isNotEmpty();
        entries.addAll(more);
      }
    }
    return entries;
  }

  private void awaitEntries(RungStarted started) throws InterruptedException {
    RungRun run = new RungRun(started.stream(), started.rendition(), started.run());
    try (FrameLogReader reader = rungs.openReader(run, LogPosition.EARLIEST)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
    }
  }

  private static List<Integer> epochs(List<LogEntry> log) {
    return log.stream()
        .filter(LogEntry.EpochStarted.class::isInstance)
        .map(e -> ((LogEntry.EpochStarted) e).epoch().number())
        .toList();
  }

  @Test
  void streamThatWasMeasured_getsItsLadder_untilItEnds() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);

    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(LOW);
    assertThat(ladder.sourceListed()).isTrue();
    assertThat(ladder.reason()).isEqualTo("the source is its own top rung");
    RungStarted started = await(RungStarted.class);
    assertThat(started.rendition()).isEqualTo(LOW);
    end(STREAM, writer);

    List<LogEntry> log = log(started);
    assertThat(log.getLast()).isEqualTo(new StreamClosed(true, "over"));
    assertThat(log.stream().filter(LoggedFrame.class::isInstance)).isNotEmpty();
  }

  @Test
  void sourceThatKeepsItsFormat_keepsItsRungs_andOneThatChangesIt_getsOthers() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);
    RungStarted first = await(RungStarted.class);
    awaitEntries(first);
    epoch(STREAM, writer, formats(1280, 720), 10);
    measure(STREAM);
    epoch(STREAM, writer, formats(1920, 1080), 20);
    measure(STREAM);

    assertThat(epochs(log(first))).containsExactly(0, 1);
    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(new RenditionId("720p"), LOW);
    RungStarted high = await(RungStarted.class);
    RungStarted low = await(RungStarted.class);
    assertThat(low.rendition()).isEqualTo(LOW);
    assertThat(low.run()).isGreaterThan(first.run());
    end(STREAM, writer);
    assertThat(epochs(log(high))).containsExactly(2);
    assertThat(epochs(log(low))).containsExactly(2);
  }

  @Test
  void streamWithoutVideo_saysThatItHasNone() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    Map<TrackId, TrackFormat> audio = formats(1280, 720);
    TrackFormat _ = audio.remove(TrackId.VIDEO);
    epoch(STREAM, writer, audio, 0);
    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.reason()).isEqualTo("the stream has no video");
    assertThat(ladder.sourceListed()).isTrue();
    end(STREAM, writer);
  }

  /// With HE-AAC, as an encoder at 48 kHz makes it.
  private static Map<TrackId, TrackFormat> heAac(Map<TrackId, TrackFormat> formats) {
    formats.put(
        TrackId.AUDIO,
        new AudioFormat(AudioCodec.AAC, "mp4a.40.5", 48_000, 2, 2_048, Bytes.ofHex("2b118800")));
    return formats;
  }

  @Test
  void soundThatNotEveryPlayerTakes_isEncodedBesideTheRungs() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, heAac(formats(1280, 720)), 0);
    measure(STREAM);

    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.rungs()).containsExactly(LOW, AAC);
    assertThat(ladder.sourceListed()).isTrue();
    assertThat(ladder.audioListed()).isFalse();
    assertThat(ladder.reason())
        .isEqualTo(
            "the source is its own top rung; its sound is encoded, because not every player"
                + " takes mp4a.40.5");
    RungStarted picture = await(RungStarted.class);
    RungStarted sound = await(RungStarted.class);
    assertThat(sound.rendition()).isEqualTo(AAC);
    awaitEntries(sound);
    epoch(STREAM, writer, formats(1280, 720), 10); // AAC-LC, which passes through
    measure(STREAM);
    assertThat(epochs(log(sound))).containsExactly(0);
    assertThat(log(picture).stream().filter(LoggedFrame.class::isInstance))
        .allMatch(e -> ((LoggedFrame) e).frame().track().equals(TrackId.VIDEO));
    LadderChanged after = await(LadderChanged.class);
    assertThat(after.rungs()).containsExactly(LOW);
    assertThat(after.audioListed()).isTrue();
    end(STREAM, writer);
  }

  @Test
  void soundAlone_isEncoded_whetherTheSourceIsTooSmallForRungsOrHasNoVideo() throws Exception {
    for (boolean video : new boolean[] {true, false}) {
      StreamId stream = video ? STREAM : OTHER;
      StreamLogWriter writer = begin(stream);
      Map<TrackId, TrackFormat> formats = heAac(formats(320, 180));
      if (!video) {
        TrackFormat _ = formats.remove(TrackId.VIDEO);
      }
      epoch(stream, writer, formats, 0);
      events.publish(
          new StreamMeasured(
              stream,
              Instant.EPOCH,
              new StreamHealth(200_000, 64_000, 30, 2_000, 0, 0, 0, 0, List.of())));
      LadderChanged ladder = await(LadderChanged.class);
      assertThat(ladder.rungs()).containsExactly(AAC);
      assertThat(ladder.sourceListed()).isTrue();
      assertThat(ladder.audioListed()).isFalse();
      RungStarted sound = await(RungStarted.class);
      end(stream, writer);
      assertThat(log(sound).stream().filter(LoggedFrame.class::isInstance))
          .isNotEmpty()
          .allMatch(e -> ((LoggedFrame) e).frame().track().equals(TrackId.AUDIO));
    }
  }

  @Test
  void soundThatCannotBeEncoded_isSaidToGoOnAsItCame() throws Exception {
    transcoder.close();
    transcoder = start(TranscodeConfig.defaults(), new WorkerProgram.Missing("no glibc"));
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, heAac(formats(1280, 720)), 0);
    measure(STREAM);
    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.audioListed()).isTrue();
    assertThat(ladder.reason())
        .isEqualTo(
            "nothing can be encoded: no glibc; sound goes on as it came, as mp4a.40.5, which not"
                + " every player takes");
    end(STREAM, writer);
  }

  @Test
  void machineWithoutWorkers_saysWhy() throws Exception {
    transcoder.close();
    transcoder = start(TranscodeConfig.defaults(), new WorkerProgram.Missing("no glibc"));
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);
    LadderChanged ladder = await(LadderChanged.class);
    assertThat(ladder.rungs()).isEmpty();
    assertThat(ladder.reason()).isEqualTo("nothing can be encoded: no glibc");
    end(STREAM, writer);
  }

  @Test
  void workersThatKeepFailing_leaveTheSource_andAreNotTriedOnItAgain() throws Exception {
    WorkerConfig once =
        new WorkerConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), 1, Duration.ofMinutes(2));
    restart(
        new TranscodeConfig(LadderConfig.defaults(), once, OverloadConfig.defaults(), 50),
        Script.GIVES_UP,
        "always");
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);
    assertThat(await(LadderChanged.class).rungs()).containsExactly(LOW);
    RungStarted started = await(RungStarted.class);
    assertThat(log(started)).containsExactly(new StreamClosed(false, "no such codec"));
    RungsFailed failed = await(RungsFailed.class);
    assertThat(failed.reason()).isEqualTo("codec-failed");
    LadderChanged after = await(LadderChanged.class);
    assertThat(after.rungs()).isEmpty();
    assertThat(after.sourceListed()).isTrue();
    assertThat(after.reason()).isEqualTo("encoding failed: no such codec");

    epoch(STREAM, writer, formats(1280, 720), 10);
    measure(STREAM);
    epoch(STREAM, writer, formats(1920, 1080), 20);
    measure(STREAM);
    assertThat(await(LadderChanged.class).rungs()).as("of the larger source").hasSize(2);
    end(STREAM, writer);
  }

  @Test
  void librariesThatDoNotLoad_areNotTriedForOtherStreams() throws Exception {
    restart(TranscodeConfig.defaults(), Script.LACKS_ITS_LIBRARIES, "always");
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);
    assertThat(await(RungsFailed.class).reason()).isEqualTo("native-library-missing");
    StreamLogWriter other = begin(OTHER);
    epoch(OTHER, other, formats(1280, 720), 0);
    measure(OTHER);
    LadderChanged ladder = await(LadderChanged.class);
    while (!ladder.stream().equals(OTHER)) {
      ladder = await(LadderChanged.class);
    }
    assertThat(ladder.reason()).isEqualTo("nothing can be encoded: no glibc 2.35");
    end(STREAM, writer);
    end(OTHER, other);
  }

  @Test
  void streamBeyondTheBudget_waitsForItsTurn() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1920, 1080), 0);
    measure(STREAM);
    assertThat(await(LadderChanged.class).rungs()).hasSize(2);
    StreamLogWriter other = begin(OTHER);
    epoch(OTHER, other, formats(1920, 1080), 0);
    measure(OTHER);
    LadderChanged refused = await(LadderChanged.class);
    assertThat(refused.stream()).isEqualTo(OTHER);
    assertThat(refused.rungs()).isEmpty();
    assertThat(refused.reason())
        .isEqualTo(
            "nothing is encoded: 40 megapixels per second of a budget of 50 are taken, and it"
                + " needs 40");
    end(STREAM, writer);
    LadderChanged turn = await(LadderChanged.class);
    assertThat(turn.stream()).isEqualTo(OTHER);
    assertThat(turn.rungs()).hasSize(2);
    end(OTHER, other);
  }

  @Test
  void transcoderThatIsClosed_endsAllRungs() throws Exception {
    StreamLogWriter writer = begin(STREAM);
    epoch(STREAM, writer, formats(1280, 720), 0);
    measure(STREAM);
    RungStarted started = await(RungStarted.class);
    transcoder.close();
    assertThat(log(started).getLast())
        .isEqualTo(new StreamClosed(false, "transcoding was stopped"));
    assertThat(transcoder.streams()).isZero();
    end(STREAM, writer);
  }
}
