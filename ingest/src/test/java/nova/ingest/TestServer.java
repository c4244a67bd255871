package nova.ingest;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogPosition;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.IngestMetrics;
import nova.ingest.publish.LocalChannelClaims;
import nova.ingest.publish.PublishAuthorizer;
import nova.ingest.publish.PublishDecision;

/// A server on a free port of loopback, whose channel `live` has the key `secret`, and everything
/// it wrote and said.
public final class TestServer implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  public final InProcessFrameLog frameLog;
  public final LinkedBlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
  public final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  public final Map<String, Integer> drops = new ConcurrentHashMap<>();
  private final InProcessStreamEvents bus =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(event.toString(), failure);
          });
  private final RtmpServer server;

  private TestServer(
      RtmpConfig config,
      PublishAuthorizer authorizer,
      InProcessFrameLog frameLog,
      UnaryOperator<FrameLog> writtenTo,
      ChannelClaims claims)
      throws IOException {
    this.frameLog = frameLog;
    bus.subscribe(events::add);
    IngestMetrics metrics =
        new IngestMetrics() {
          @Override
          public void refused(String reason) {
            refusals.merge(reason, 1, Integer::sum);
          }

          @Override
          public void dropped(String reason) {
            drops.merge(reason, 1, Integer::sum);
          }
        };
    server =
        RtmpServer.start(
            config,
            new IngestPorts(
                writtenTo.apply(frameLog),
                claims,
                bus,
                authorizer,
                metrics,
                Instant::now,
                System::nanoTime,
                new SecureRandom(),
                Thread::startVirtualThread));
  }

  public static TestServer start() throws IOException {
    return start(config());
  }

  public static TestServer start(RtmpConfig config) throws IOException {
    return start(config, anyCaptureKey());
  }

  public static TestServer start(RtmpConfig config, PublishAuthorizer authorizer)
      throws IOException {
    return new TestServer(
        config, authorizer, log(), UnaryOperator.identity(), new LocalChannelClaims());
  }

  /// A server whose way to its log may be interrupted.
  public static TestServer startOver(RtmpConfig config, UnaryOperator<FrameLog> writtenTo)
      throws IOException {
    return new TestServer(config, anyCaptureKey(), log(), writtenTo, new LocalChannelClaims());
  }

  /// One of several servers, which share a log and the channels.
  public static TestServer startOneOfSeveral(
      RtmpConfig config, InProcessFrameLog frameLog, ChannelClaims claims) throws IOException {
    return new TestServer(config, anyCaptureKey(), frameLog, UnaryOperator.identity(), claims);
  }

  /// A log of a server.
  public static InProcessFrameLog log() {
    return new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
  }

  /// Defaults on a free port of loopback.
  public static RtmpConfig config() {
    return config(Duration.ofSeconds(30), Duration.ofSeconds(10));
  }

  public static RtmpConfig config(Duration grace, Duration timeouts) {
    return config(grace, timeouts, RtmpLimits.defaults());
  }

  public static RtmpConfig config(RtmpLimits limits) {
    return config(Duration.ofSeconds(30), Duration.ofSeconds(10), limits);
  }

  private static RtmpConfig config(Duration grace, Duration timeouts, RtmpLimits limits) {
    RtmpConfig d = RtmpConfig.defaults();
    return new RtmpConfig(
        "127.0.0.1",
        0,
        2,
        timeouts,
        timeouts,
        timeouts,
        grace,
        d.takeoversPerMinute(),
        d.keepLog(),
        limits);
  }

  /// The key `secret` and those of the captures open the channel `live`.
  private static PublishAuthorizer anyCaptureKey() {
    return request ->
        CompletableFuture.supplyAsync(
            () ->
                List.of("secret", "h", "a", "key", "mykey").contains(request.key().secret())
                    ? new PublishDecision.Accepted(new ChannelSlug("live"))
                    : new PublishDecision.Refused("unknown-key", "The stream key is not known."));
  }

  public RtmpServer server() {
    return server;
  }

  /// Says what another stage would.
  public void publish(StreamEvent event) {
    bus.publish(event);
  }

  public int port() {
    return server.address().getPort();
  }

  /// Waits for the next event of that kind and drops those before it.
  public <T extends StreamEvent> T await(Class<T> kind) {
    List<StreamEvent> seen = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        StreamEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (event == null) {
          throw new AssertionError("no " + kind.getSimpleName() + ", only " + seen);
        }
        if (kind.isInstance(event)) {
          return kind.cast(event);
        }
        seen.add(event);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// All entries of the stream until it is closed.
  public List<LogEntry> readToEnd(StreamId stream) {
    return readUntil(stream, LogEntry.StreamClosed.class);
  }

  /// All entries of the stream up to the first of that kind.
  public List<LogEntry> readUntil(StreamId stream, Class<? extends LogEntry> kind) {
    List<LogEntry> entries = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (FrameLogReader reader = frameLog.openReader(stream, LogPosition.EARLIEST)) {
      while (System.nanoTime() < deadline) {
        for (LogEntry entry : reader.read(Duration.ofMillis(200))) {
          entries.add(entry);
          if (kind.isInstance(entry)) {
            return entries;
          }
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no " + kind.getSimpleName() + " in " + entries.size() + " entries");
  }

  @Override
  public void close() {
    server.close();
  }
}
