package nova.ingest.publish;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogPosition;
import nova.ingest.TestClient;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.VideoMessage;
import nova.media.MediaFrame;
import nova.testkit.FakeClock;

/// A publish session without a connection, whose messages arrive when the test says so.
final class TestSession implements Publisher {
  static final Bytes AVC_HEADER = TestClient.AVC_HEADER;

  /// The same size with another profile.
  static final Bytes OTHER_AVC_HEADER =
      Bytes.ofHex(
          "17000000000142c01effe100196742c01ed900a0475fe788000003000800000301e078b14cb0"
              + "01000468ce3c80");

  final FakeClock clock = new FakeClock();
  final Map<String, Integer> drops = new HashMap<>();
  private final InProcessFrameLog frameLog =
      new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
  private final List<StreamEvent> events = new ArrayList<>();
  private final LiveStreams streams;
  private final Deque<PublishSession> sessions = new ArrayDeque<>(); // the last one is open
  private long soundFrames; // since the session began

  TestSession() {
    InProcessStreamEvents bus =
        new InProcessStreamEvents(
            (event, failure) -> {
              throw new AssertionError(event.toString(), failure);
            });
    bus.subscribe(events::add);
    IngestMetrics metrics =
        new IngestMetrics() {
          @Override
          public void dropped(String reason) {
            drops.merge(reason, 1, Integer::sum);
          }
        };
    streams =
        new LiveStreams(
            new ReturnPolicy(Duration.ofSeconds(30), 3, Duration.ofMinutes(1)),
            RtmpLimits.defaults(),
            frameLog,
            new LocalChannelClaims(),
            bus,
            metrics,
            clock,
            new Random(1),
            new AtOnce(clock),
            Runnable::run);
    open();
  }

  /// Begins the stream, or returns to it.
  void open() {
    streams.open(this);
  }

  /// The connection is lost.
  void lose() {
    session().end(EpochEnd.CONNECTION_LOST, new StreamGrant.Release.Lost("Lost."));
  }

  /// Time goes on, with a tick each second.
  void pass(long ms) {
    for (long i = 0; i < ms; i++) {
      clock.advanceMs(1);
      if (clock.instant().toEpochMilli() % 1_000 == 0) {
        session().tick();
      }
    }
  }

  void headers() {
    avc(AVC_HEADER);
    aac();
  }

  void avc(Bytes header) {
    session().video(new VideoMessage(1, 0, header), clock.instant());
  }

  void aac() {
    session().audio(new AudioMessage(1, 0, TestClient.AAC_HEADER), clock.instant());
  }

  void video(long timestamp, boolean keyframe) {
    session()
        .video(
            new VideoMessage(
                1,
                timestamp,
                Bytes.ofHex(
                    keyframe ? "170100000000000004658882aa" : "270100000000000004419a21bb")),
            clock.instant());
  }

  void audio(long timestamp) {
    session()
        .audio(new AudioMessage(1, timestamp, Bytes.ofHex("af01211004608c1c")), clock.instant());
  }

  /// Frames of sound that are due until `ms`, where the session began at 0.
  void audioUpTo(long ms) {
    for (; soundFrames * 1_024 / 48 <= ms; soundFrames++) {
      audio(soundFrames * 1_024 / 48);
    }
  }

  /// What the stream's record would show now.
  StreamHealth health() {
    session().tick();
    return events.stream()
        .filter(StreamMeasured.class::isInstance)
        .map(event -> ((StreamMeasured) event).health())
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  List<MediaFrame> frames(TrackId track) {
    return logged().stream()
        .filter(LoggedFrame.class::isInstance)
        .map(entry -> ((LoggedFrame) entry).frame())
        .filter(frame -> frame.track().equals(track))
        .toList();
  }

  long epochs() {
    return logged().stream().filter(EpochStarted.class::isInstance).count();
  }

  private PublishSession session() {
    return sessions.getLast();
  }

  private List<LogEntry> logged() {
    List<LogEntry> all = new ArrayList<>();
    try (FrameLogReader reader = frameLog.openReader(session().stream(), LogPosition.EARLIEST)) {
      List<LogEntry> batch;
      do {
        batch = reader.read(Duration.ZERO);
        all.addAll(batch);
      } while (!batch.isEmpty());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  @Override
  public ChannelSlug channel() {
    return new ChannelSlug("live");
  }

  @Override
  public Optional<StreamKeyId> key() {
    return Optional.empty();
  }

  @Override
  public Optional<StreamId> prepared() {
    return Optional.empty();
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public String encoder() {
    return "test";
  }

  @Override
  public void granted(StreamGrant grant) {
    sessions.add(new PublishSession(grant, RtmpLimits.defaults()));
    soundFrames = 0;
  }

  @Override
  public void refused(String reason, String sentence) {
    throw new AssertionError(reason + ": " + sentence);
  }

  @Override
  public void failed(String reason, String sentence) {
    throw new AssertionError(reason + ": " + sentence);
  }

  @Override
  public void moveOn(String sentence) {
    throw new AssertionError(sentence);
  }

  @Override
  public void surrender(EpochEnd end, StreamGrant.Release how, String reason) {
    throw new AssertionError(reason + ": " + how.reason());
  }
}
