package nova.app;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.api.token.TokenAuthenticator;
import nova.app.http.MetricsRoute;
import nova.app.keys.ConfiguredKeys;
import nova.app.keys.ControlAuthorizer;
import nova.backends.kafka.KafkaBackend;
import nova.backends.redis.LiveStreamAnnouncer;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.RedisChannelClaims;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMetricsSnapshots;
import nova.control.ControlPorts;
import nova.core.OwnStreamEvents;
import nova.framelog.FrameLog;
import nova.ingest.RtmpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `nova ingest`: broadcasters in, their frames and what happens to them out to Kafka.
///
/// ```
/// RTMP ─▶ ingest ─▶ Kafka stream-frames
///            │  └─▶ Kafka stream-events ◀─ requests to stop
///            └────▶ Redis: which streams are received, what was measured, stream keys; PostgreSQL: what became of them
/// ```
///
/// *Confined to the main thread.*
final class IngestRole {
  private static final Logger log = LoggerFactory.getLogger(IngestRole.class);
  private static final long MOVING_SECONDS = 10;

  private IngestRole() {}

  /// Starts; when this returns broadcasters are accepted.
  static void open(RoleFoundation foundation) {
    JvmMemory.requireHeap(foundation.config().kafka());
    Foundation base = foundation.base();
    SharedBackends shared = foundation.shared();
    KafkaBackend kafka = shared.kafka();
    FrameLog frames = kafka.frameLog(); // which begins to read its index
    OwnStreamEvents events = new OwnStreamEvents(kafka.events(), Failed::subscriber);
    RedisConnections redis = shared.redis();
    LiveStreamRegistry registry = shared.registry(redis);
    RtmpBroadcasts broadcasts = new RtmpBroadcasts();
    ConfiguredKeys keys = ConfiguredKeys.parse(foundation.config().streamKeys());
    ControlWiring control =
        shared.control(
            keys,
            new ControlPorts(
                events,
                events.own(),
                broadcasts,
                new RegisteredStreams(registry),
                shared.keyCache(redis),
                base.clock(),
                base.nanoClock(),
                new SecureRandom(),
                Thread.ofVirtual().factory()));
    AutoCloseable _ =
        base.lifecycle()
            .own("announcements of streams", LiveStreamAnnouncer.start(registry, events));
    RedisMetricsSnapshots snapshots =
        base.lifecycle()
            .own(
                "snapshots of metrics",
                RedisMetricsSnapshots.open(
                    redis, shared.redisMetrics(), Thread.ofVirtual().factory()));
    AutoCloseable _ =
        base.lifecycle().own("measurements of streams", events.own().subscribe(snapshots));
    foundation.serve(
        List.of(
            new MetricsRoute(
                base.metrics()::scrape,
                foundation.guard(new TokenAuthenticator(control.rights()::tokenOf)))));
    shared.awaitKafka(kafka);
    RedisChannelClaims claims =
        base.lifecycle()
            .own(
                "claims of channels",
                RedisChannelClaims.open(
                    redis,
                    foundation.node(),
                    shared.redisMetrics(),
                    base.nanoClock(),
                    Thread.ofVirtual().factory()));
    RtmpServer rtmp =
        IngestWiring.open(
            base,
            frames,
            claims,
            events,
            new ControlAuthorizer(
                keys, control.control().streamKeys(), Thread::startVirtualThread));
    AutoCloseable _ = base.lifecycle().own("broadcasters", () -> drain(foundation, rtmp));
    broadcasts.listens(rtmp);
    foundation.ready(rtmp.address().getPort());
  }

  /// Asks encoders to go on elsewhere, and waits for those that know how.
  private static void drain(RoleFoundation foundation, RtmpServer rtmp)
      throws InterruptedException, ExecutionException {
    foundation.leave();
    try {
      Void _ = rtmp.drain().toCompletableFuture().get(MOVING_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      log.info("some encoders did not connect anew when asked to; they are disconnected");
    }
  }
}
