package nova.delivery;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.RenditionId;
import nova.core.StreamEvent.QualitySwitched;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamEvent.ViewerLeft;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// The viewers of this server. Who plays a live stream asks for its media playlists all the time,
/// at least every six seconds, so those requests tell who watches. On the event loop one costs a
/// hash and a look into a table; what is new is told to the [ViewerRegistry] once a second, of each
/// viewer at most every ten seconds.
///
/// What the registry tells of who came and left, and what players chose, goes out as events a
/// moment later ([ViewerEvents]). A choice is only told of who is identified: behind one address
/// two players of the same kind would seem to be one that changes its mind all the time.
///
/// A viewer is gone when it has not asked for 30 s. Over midnight, when the salt changes, those who
/// watch stay who they are, or all would count twice for a while.
///
/// *Thread-safe.*
public final class ViewerSessions {
  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);
  private static final Duration FORGOTTEN_AFTER =
      ViewerRegistry.KEPT.minusSeconds(1); // clocks differ
  private static final Duration GONE_AFTER = ViewerRegistry.KEPT.plus(TOLD_EVERY);

  private final ViewerRegistry registry;
  private final ViewerEvents events;
  private final DeliveryMetrics metrics;
  private final InstantSource wallClock;
  private final NanoClock clock;
  private final int capacity;
  private final ConcurrentMap<ViewerId, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger tracked = new AtomicInteger();
  private final AtomicInteger identified = new AtomicInteger();
  private volatile Salts salts;

  /// @param previous null before there was another
  private record Salts(ViewerSalt current, @Nullable ViewerSalt previous) {}

  private record Switch(RenditionId from, RenditionId to) {}

  private static final class Session {
    final StreamId stream;
    volatile long seenNs;
    volatile @Nullable RenditionId picture; // asked for last
    volatile boolean isNew = true; // may be so for the registry too
    private @Nullable RenditionId toldPicture; // this and the next only for the thread that tells
    private @Nullable Long toldNs;

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

    void isTold(long now) {
      Long before = toldNs;
      isNew = before == null || now - before >= FORGOTTEN_AFTER.toNanos();
      toldNs = now;
    }

    /// What it changed to since the last call, and from what.
    Optional<Switch> takeSwitch() {
      RenditionId from = toldPicture;
      RenditionId to = picture;
      toldPicture = to;
      return from == null || to == null || from.equals(to)
          ? Optional.empty()
          : Optional.of(new Switch(from, to));
    }
  }

  public ViewerSessions(DeliveryConfig config, DeliveryPorts ports) {
    this.registry = ports.viewers();
    this.events = new ViewerEvents(ports.events(), ports.metrics());
    this.metrics = ports.metrics();
    this.wallClock = ports.clock();
    this.clock = ports.nanoClock();
    this.capacity = config.viewerSessions();
    this.salts = new Salts(new ViewerSalt(registry.salt()), null);
  }

  /// A viewer asked for a media playlist of a live stream.
  ///
  /// @param picture the rendition, if it is one of the picture
  /// @param said what its player says of its session
  /// @param address it came from
  /// @param userAgent what its player calls itself, empty when it does not say
  public void seen(
      StreamId stream,
      Optional<RenditionId> picture,
      CmcdSession said,
      String address,
      String userAgent) {
    if (said instanceof CmcdSession.Malformed) {
      metrics.malformedCmcd();
    }
    Session session =
        seen(
            stream,
            salt ->
                said instanceof CmcdSession.Named(String sid)
                    ? salt.identified(stream, sid)
                    : salt.estimated(stream, address, userAgent));
    if (session != null && picture.isPresent()) {
      session.picture = picture.get();
    }
  }

  private @Nullable Session seen(StreamId stream, Function<ViewerSalt, ViewerId> hash) {
    Salts now = salts;
    ViewerId viewer = hash.apply(now.current);
    @Nullable Session known = sessions.get(viewer);
    if (known == null && now.previous != null) {
      known = sessions.get(hash.apply(now.previous));
    }
    if (known == null) {
      return begin(stream, viewer);
    }
    known.seenNs = clock.nanoTime();
    return known;
  }

  private @Nullable Session begin(StreamId stream, ViewerId viewer) {
    if (tracked.incrementAndGet() > capacity) {
      tracked.decrementAndGet();
      metrics.viewerNotCounted();
      return null;
    }
    Session begun = new Session(stream, clock.nanoTime());
    @Nullable Session quicker = sessions.putIfAbsent(viewer, begun);
    if (quicker != null) {
      tracked.decrementAndGet(); // another request of the same viewer
      return quicker;
    }
    if (viewer.identified()) {
      identified.incrementAndGet();
    }
    return begun;
  }

  /// Tells the registry what is new, forgets who is gone, and tells others of both. To be called
  /// each second, by one thread, which may take milliseconds.
  public void tell() {
    rotateSalt();
    long now = clock.nanoTime();
    Map<StreamId, List<ViewerId>> news = new HashMap<>();
    sessions.forEach(
        (viewer, session) -> {
          if (session.isGone(now)) {
            forget(viewer);
            var _ = news.computeIfAbsent(session.stream, _ -> new ArrayList<>());
            return;
          }
          if (viewer.identified()) {
            session.takeSwitch().ifPresent(made -> switched(session.stream, viewer, made));
          }
          if (session.isNews(now)) {
            session.isTold(now);
            news.computeIfAbsent(session.stream, _ -> new ArrayList<>()).add(viewer);
          }
        });
    registry.seen(news, this::changed);
    events.publish();
  }

  private void switched(StreamId stream, ViewerId viewer, Switch made) {
    events.add(new QualitySwitched(stream, wallClock.instant(), viewer.text(), made.from, made.to));
  }

  /// Who watched all the time is new to a registry that was emptied, and to nobody else.
  private void changed(ViewerChange change) {
    ViewerId viewer = change.viewer();
    switch (change) {
      case ViewerChange.Came(StreamId stream, _) -> {
        @Nullable Session session = sessions.get(viewer);
        if (session == null || session.isNew) {
          events.add(
              new ViewerJoined(stream, wallClock.instant(), viewer.text(), viewer.identified()));
        }
      }
      case ViewerChange.Left(StreamId stream, _, Duration watched) ->
          events.add(
              new ViewerLeft(
                  stream, wallClock.instant(), viewer.text(), viewer.identified(), watched));
    }
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
