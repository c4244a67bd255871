package nova.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// The viewers of this server. Who plays a live stream asks for its media playlists all the time,
/// at least every six seconds, so those requests tell who watches. On the event loop one costs a
/// hash and a look into a table; what is new is told to the [ViewerRegistry] once a second, of each
/// viewer at most every ten seconds.
///
/// A viewer is gone when it has not asked for 30 s. Over midnight, when the salt changes, those who
/// watch stay who they are, or all would count twice for a while.
///
/// *Thread-safe.*
public final class ViewerSessions {
  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);
  private static final Duration GONE_AFTER = ViewerRegistry.KEPT.plus(TOLD_EVERY);

  private final ViewerRegistry registry;
  private final DeliveryMetrics metrics;
  private final NanoClock clock;
  private final int capacity;
  private final ConcurrentMap<ViewerId, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger tracked = new AtomicInteger();
  private final AtomicInteger identified = new AtomicInteger();
  private volatile Salts salts;

  /// @param previous null before there was another
  private record Salts(ViewerSalt current, @Nullable ViewerSalt previous) {}

  private static final class Session {
    final StreamId stream;
    volatile long seenNs;
    private @Nullable Long toldNs; // only for the thread that tells

    Session(StreamId stream, long seenNs) {
      this.stream = stream;
      this.seenNs = seenNs;
    }

    boolean isGone(long now) {
      return now - seenNs >= GONE_AFTER.toNanos();
    }

    /// Whether the registry is to hear of it now.
    boolean isNews(long now) {
      Long told = toldNs;
      return told == null || (seenNs - told >= 0 && now - told >= TOLD_EVERY.toNanos());
    }
  }

  public ViewerSessions(DeliveryConfig config, DeliveryPorts ports) {
    this.registry = ports.viewers();
    this.metrics = ports.metrics();
    this.clock = ports.nanoClock();
    this.capacity = config.viewerSessions();
    this.salts = new Salts(new ViewerSalt(registry.salt()), null);
  }

  /// A viewer asked for a media playlist of a live stream.
  ///
  /// @param said what its player says of its session
  /// @param address it came from
  /// @param userAgent what its player calls itself, empty when it does not say
  public void seen(StreamId stream, CmcdSession said, String address, String userAgent) {
    if (said instanceof CmcdSession.Malformed) {
      metrics.malformedCmcd();
    }
    seen(
        stream,
        salt ->
            said instanceof CmcdSession.Named(String sid)
                ? salt.identified(stream, sid)
                : salt.estimated(stream, address, userAgent));
  }

  private void seen(StreamId stream, Function<ViewerSalt, ViewerId> hash) {
    Salts now = salts;
    ViewerId viewer = hash.apply(now.current);
    @Nullable Session known = sessions.get(viewer);
    if (known == null && now.previous != null) {
      known = sessions.get(hash.apply(now.previous));
    }
    if (known == null) {
      begin(stream, viewer);
    } else {
      known.seenNs = clock.nanoTime();
    }
  }

  private void begin(StreamId stream, ViewerId viewer) {
    if (tracked.incrementAndGet() > capacity) {
      tracked.decrementAndGet();
      metrics.viewerNotCounted();
    } else if (sessions.putIfAbsent(viewer, new Session(stream, clock.nanoTime())) != null) {
      tracked.decrementAndGet(); // another request of the same viewer was quicker
    } else if (viewer.identified()) {
      identified.incrementAndGet();
    }
  }

  /// Tells the registry what is new and forgets who is gone. To be called each second, by one
  /// thread, which may take milliseconds.
  public void tell() {
    rotateSalt();
    long now = clock.nanoTime();
    Map<StreamId, List<ViewerId>> news = new HashMap<>();
    sessions.forEach(
        (viewer, session) -> {
          if (session.isGone(now)) {
            forget(viewer);
          } else if (session.isNews(now)) {
            session.toldNs = now;
            news.computeIfAbsent(session.stream, _ -> new ArrayList<>()).add(viewer);
          }
        });
    registry.seen(news);
  }

  private void forget(ViewerId viewer) {
    sessions.remove(viewer);
    tracked.decrementAndGet();
    if (viewer.identified()) {
      identified.decrementAndGet();
    }
  }

  private void rotateSalt() {
    Salts before = salts;
    Bytes secret = registry.salt();
    if (!secret.equals(before.current.secret())) {
      salts = new Salts(new ViewerSalt(secret), before.current);
    }
  }

  /// Viewers of this server whose players give their sessions names.
  public int identified() {
    return identified.get();
  }

  /// The other viewers of this server.
  public int estimated() {
    return Math.max(0, tracked.get() - identified.get());
  }
}
