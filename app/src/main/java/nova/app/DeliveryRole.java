package nova.app;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import nova.api.http.RouteGuard;
import nova.api.token.TokenAuthenticator;
import nova.app.http.MetricsRoute;
import nova.app.metrics.DiskMeters;
import nova.app.metrics.Metrics;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMediaReader;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.RedisViewerRegistry;
import nova.backends.redis.TimelineFallback;
import nova.control.ControlView;
import nova.delivery.http.Delivery;
import nova.segments.CachedMedia;
import nova.segments.DiskMedia;
import nova.segments.FallbackMedia;
import nova.segments.InMemoryTimelineStore;
import nova.segments.MediaSource;
import nova.segments.TimelineStore;

/// `nova delivery`: playlists and media for viewers, out of Redis.
///
/// ```
/// Redis ─ notices ─▶ timelines of all streams ─▶ delivery ─▶ HTTP
///   └──── media on demand ──▶ cache ──────────────▶┘
/// folder ─ what Redis lacks ───▶┘              ├─▶ Redis: who watches
///                                               └─▶ Kafka: events of viewers
/// ```
///
/// *Confined to the main thread.*
final class DeliveryRole {
  private final RoleFoundation foundation;
  private final SharedBackends shared;

  private DeliveryRole(RoleFoundation foundation) {
    this.foundation = foundation;
    this.shared = foundation.shared();
  }

  /// Starts; when this returns viewers are answered.
  static void open(RoleFoundation foundation) {
    new DeliveryRole(foundation).open();
  }

  private void open() {
    JvmMemory.requireHeap(foundation.config().segments().memory());
    ControlView control = shared.controlView();
    RedisConnections redis = shared.redis();
    Metrics metrics = foundation.base().metrics();
    RedisMediaReader stored =
        RedisMediaReader.open(redis, shared.redisMetrics(), foundation.base().nanoClock());
    Optional<DiskMedia> onDisk =
        shared
            .mediaFolder()
            .map(
                folder ->
                    foundation
                        .lifecycle()
                        .own(
                            "media on disk",
                            new DiskMedia(
                                folder,
                                new DiskMeters(metrics),
                                Thread.ofPlatform().daemon().name("disk-media-", 1).factory())));
    MediaSource media =
        onDisk.<MediaSource>map(disk -> new FallbackMedia(stored, disk)).orElse(stored);
    CachedMedia cache =
        new CachedMedia(
            media, foundation.config().segments().memory(), foundation.base().nanoClock());
    measure(metrics, cache);
    TimelineStore timelines = new InMemoryTimelineStore(Failed::listener);
    RedisTimelineReplica replica =
        foundation
            .lifecycle()
            .own(
                "timelines",
                RedisTimelineReplica.start(
                    redis,
                    timelines,
                    _ -> false,
                    onDisk
                        .<TimelineFallback>map(disk -> disk::timeline)
                        .orElse(TimelineFallback.NONE),
                    shared.redisMetrics(),
                    foundation.base().nanoClock(),
                    Thread.ofVirtual().factory()));
    Delivery delivery =
        DeliveryWiring.open(
            foundation.base(),
            cache,
            timelines,
            control.rights(),
            RedisViewerRegistry.open(
                redis,
                shared.redisMetrics(),
                foundation.base().clock(),
                foundation.base().nanoClock(),
                new SecureRandom()),
            shared.kafkaToTell().events());
    RouteGuard guard = foundation.guard(new TokenAuthenticator(control.rights()::tokenOf));
    shared.awaitTimelines(replica);
    foundation.serve(List.of(new MetricsRoute(metrics::scrape, guard), delivery::mount));
    foundation.readyForClients(delivery::stopHolding);
  }

  private static void measure(Metrics metrics, CachedMedia cache) {
    metrics.gauge(
        "nova.media.cache.size", "Media kept in memory.", "bytes", cache, CachedMedia::sizeBytes);
    metrics.count(
        "nova.media.cache.hits", "Times media was at hand.", "requests", cache, CachedMedia::hits);
    metrics.count(
        "nova.media.cache.misses",
        "Times media was fetched.",
        "requests",
        cache,
        CachedMedia::misses);
  }
}
