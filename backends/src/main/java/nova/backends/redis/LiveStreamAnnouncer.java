package nova.backends.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nova.core.OwnStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents.Subscription;
import nova.core.StreamId;

/// Keeps [LiveStreamRegistry] true for the streams of this ingest node: those that it says of
/// itself that they started or came here, until anybody says that they are over or go on elsewhere.
///
/// *Thread-safe.*
public final class LiveStreamAnnouncer implements AutoCloseable {
  private static final long STARTED_HERE = 0; // lower than the claim of whoever has it later

  private final LiveStreamRegistry registry;
  private final Map<StreamId, Long> claims = new ConcurrentHashMap<>(); // of announced streams
  private final Subscription own;
  private final Subscription all;

  private LiveStreamAnnouncer(LiveStreamRegistry registry, OwnStreamEvents events) {
    this.registry = registry;
    this.own = events.own().subscribe(this::onOwn);
    this.all = events.subscribe(this::onAny);
  }

  /// Begins to listen.
  public static LiveStreamAnnouncer start(LiveStreamRegistry registry, OwnStreamEvents events) {
    return new LiveStreamAnnouncer(registry, events);
  }

  private void onOwn(StreamEvent event) {
    switch (event) {
      case StreamStarted started -> {
        claims.put(started.stream(), STARTED_HERE);
        registry.announce(new AnnouncedStream(started.stream(), started.channel(), started.at()));
      }
      case StreamMoved moved -> {
        claims.put(moved.stream(), moved.claim());
        registry.announce(new AnnouncedStream(moved.stream(), moved.channel(), moved.at()));
      }
      case StreamEnded ended -> withdraw(ended.stream());
      case StreamError error -> withdraw(error.stream());
      default -> {}
    }
  }

  private void onAny(StreamEvent event) {
    switch (event) {
      case StreamMoved moved -> {
        Long here = claims.get(moved.stream());
        if (here != null && here < moved.claim()) {
          withdraw(moved.stream());
        }
      }
      case StreamEnded ended -> withdraw(ended.stream());
      case StreamError error -> withdraw(error.stream());
      default -> {}
    }
  }

  private void withdraw(StreamId stream) {
    if (claims.remove(stream) != null) {
      registry.withdraw(stream);
    }
  }

  @Override
  public void close() {
    own.close();
    all.close();
  }
}
