package nova.ingest.publish;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells everybody what becomes of streams: events, counts, and a line in the log.
///
/// *Confined to the thread of the streams.*
final class StreamReports {
  private static final Logger log = LoggerFactory.getLogger(StreamReports.class);

  private final StreamEvents events;
  private final IngestMetrics metrics;
  private final InstantSource clock;

  StreamReports(StreamEvents events, IngestMetrics metrics, InstantSource clock) {
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
  }

  void started(LiveStream stream, Publisher publisher) {
    metrics.streamStarted();
    events.publish(
        new StreamStarted(
            stream.id(),
            clock.instant(),
            publisher.channel(),
            publisher.remoteAddress(),
            publisher.encoder(),
            publisher.key()));
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("channel", publisher.channel())
        .addKeyValue("remote", publisher.remoteAddress())
        .log("stream started");
  }

  void resumed(LiveStream stream, Publisher publisher) {
    metrics.streamResumed();
    events.publish(
        new StreamResumed(
            stream.id(),
            clock.instant(),
            publisher.remoteAddress(),
            publisher.encoder(),
            publisher.key()));
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("remote", publisher.remoteAddress())
        .log("broadcaster returned");
  }

  void recovering(LiveStream stream, Instant at, String reason, Instant graceUntil) {
    events.publish(new StreamRecovering(stream.id(), at, reason, graceUntil));
    log.atInfo().addKeyValue("stream", stream.id()).log("broadcaster lost: {}", reason);
  }

  /// Nobody holds the stream, so nobody counts any more.
  void ended(LiveStream stream, boolean graceful, String reason) {
    Instant now = clock.instant();
    StreamHealth health = stream.health().health();
    events.publish(
        graceful
            ? new StreamEnded(stream.id(), now, reason, health)
            : new StreamError(stream.id(), now, reason, Optional.of(health)));
    metrics.streamEnded();
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("graceful", graceful)
        .addKeyValue("frames", health.receivedFrames())
        .addKeyValue("bytes", health.receivedBytes())
        .log("stream over: {}", reason);
  }

  /// It was at another server.
  void came(LiveStream stream, String from) {
    metrics.streamContinued();
    events.publish(
        new StreamMoved(stream.id(), clock.instant(), stream.channel(), stream.claim().token()));
    log.atInfo()
        .addKeyValue("stream", stream.id())
        .addKeyValue("channel", stream.channel())
        .addKeyValue("from", from)
        .log("stream of another server goes on here");
  }

  /// It goes on at another server, which will tell of it.
  void left(LiveStream stream) {
    metrics.streamEnded();
    log.atInfo().addKeyValue("stream", stream.id()).log("stream goes on at another server");
  }
}
