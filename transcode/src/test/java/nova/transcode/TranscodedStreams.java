package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.ScriptedWorker.Script;

/// A transcoder, streams as ingest tells of them, and what is said of their ladders.
///
/// *Confined to its test*, but for the transcoder.
final class TranscodedStreams implements AutoCloseable {
  static final StreamId STREAM = new StreamId("stream1");
  static final StreamId OTHER = new StreamId("stream2");
  static final RenditionId LOW = new RenditionId("480p");
  static final RenditionId AAC = new RenditionId("aac");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final ScriptedPorts ports;
  private final LinkedBlockingQueue<StreamEvent> said = new LinkedBlockingQueue<>();
  private final StreamEvents.Subscription listening;
  private Transcoder transcoder;

  /// Begins with workers that do well.
  TranscodedStreams(ScriptedPorts ports) {
    this.ports = ports;
    listening = ports.events().subscribe(said::add);
    transcoder =
        Transcoder.start(TranscodeConfig.defaults(), ports.with(ports.command(Script.ALL_WELL)));
  }

  ScriptedPorts ports() {
    return ports;
  }

  Transcoder transcoder() {
    return transcoder;
  }

  /// Goes on with another configuration and other workers.
  void restart(TranscodeConfig config, WorkerProgram program) {
    transcoder.close();
    transcoder = Transcoder.start(config, ports.with(program));
  }

  void restart(TranscodeConfig config, Script script, String... more) {
    restart(config, ports.command(script, more));
  }

  /// Measures the same again and again, two seconds apart, until that shows.
  void measureUntil(StreamId stream, long videoBitrateBps, BooleanSupplier shows)
      throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!shows.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time to wait").isLessThan(deadline);
      long _ = ports.skippedNs().addAndGet(Duration.ofSeconds(2).toNanos());
      measure(stream, videoBitrateBps);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /// Whether an event of a kind waits to be taken.
  boolean hasSaid(Class<? extends StreamEvent> kind) {
    return said.stream().anyMatch(kind::isInstance);
  }

  /// The next event of a kind.
  <E extends StreamEvent> E await(Class<E> kind) throws InterruptedException {
    while (true) {
      StreamEvent event = said.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      assertThat(event).as("a %s", kind.getSimpleName()).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  StreamLogWriter begin(StreamId stream) {
    ports
        .events()
        .publish(
            new StreamStarted(
                stream, Instant.EPOCH, new ChannelSlug("live"), "127.0.0.1", "", Optional.empty()));
    return new StreamLogWriter(ports.source().openWriter(stream));
  }

  /// A broadcast that has been measured.
  StreamLogWriter broadcast(StreamId stream, Map<TrackId, TrackFormat> formats) {
    StreamLogWriter writer = begin(stream);
    epoch(stream, writer, formats, 0);
    measure(stream);
    return writer;
  }

  /// Picture of a size, and sound.
  static Map<TrackId, TrackFormat> formats(int width, int height) {
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

  /// With HE-AAC, as an encoder at 48 kHz makes it.
  static Map<TrackId, TrackFormat> heAac(Map<TrackId, TrackFormat> formats) {
    formats.put(
        TrackId.AUDIO,
        new AudioFormat(AudioCodec.AAC, "mp4a.40.5", 48_000, 2, 2_048, Bytes.ofHex("2b118800")));
    return formats;
  }

  void epoch(
      StreamId stream, StreamLogWriter writer, Map<TrackId, TrackFormat> formats, long laterS) {
    Duration later = Duration.ofSeconds(laterS);
    Epoch epoch = writer.startEpoch(formats, SyntheticBroadcast.BEGIN.plus(later));
    ports.events().publish(new EpochBegan(stream, Instant.EPOCH, epoch, List.of()));
    for (SyntheticBroadcast.Arrival arrival : SyntheticBroadcast.usual(7).arrivals()) {
      if (formats.containsKey(arrival.frame().track())) {
        LoggedFrame _ = writer.append(arrival.frame(), arrival.at().plus(later));
      }
    }
  }

  void measure(StreamId stream) {
    measure(stream, 3_000_000);
  }

  void measure(StreamId stream, long videoBitrateBps) {
    StreamHealth health =
        new StreamHealth(videoBitrateBps, 128_000, 30, 2_000, 0, 0, 0, 0, List.of());
    ports.events().publish(new StreamMeasured(stream, Instant.EPOCH, health));
  }

  void end(StreamId stream, StreamLogWriter writer) {
    writer.closeStream(true, "over");
    ports.events().publish(new StreamEnded(stream, Instant.EPOCH, "over", StreamHealth.NOTHING));
  }

  /// All that the log of a rung has and will have.
  List<LogEntry> log(RungStarted started) throws InterruptedException {
    return ScriptedPorts.entries(reader(started));
  }

  void awaitEntries(RungStarted started) throws InterruptedException {
    try (FrameLogReader reader = reader(started)) {
      assertThat(reader.read(DEADLINE)).isNotEmpty();
    }
  }

  private FrameLogReader reader(RungStarted started) {
    RungRun run = new RungRun(started.stream(), started.rendition(), started.run());
    return ports.rungs().openReader(run, LogPosition.EARLIEST);
  }

  static List<Integer> epochs(List<LogEntry> log) {
    return log.stream()
        .filter(LogEntry.EpochStarted.class::isInstance)
        .map(e -> ((LogEntry.EpochStarted) e).epoch().number())
        .toList();
  }

  @Override
  public void close() {
    transcoder.close();
    listening.close();
  }
}
