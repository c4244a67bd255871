package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.core.TrackDescription;
import nova.framelog.StreamLogWriter;
import nova.ingest.publish.SerialScheduler.Scheduled;
import nova.ingest.publish.StreamGrant.Release;
import org.jspecify.annotations.Nullable;

/// One broadcast of a channel and who holds it.
///
/// *Confined to the thread of the streams*, except what a [StreamGrant] hands out.
final class LiveStream {
  private static final Duration TAKEOVER_WINDOW = Duration.ofMinutes(1);

  private final StreamId id;
  private final ChannelSlug channel;
  private final HealthMeter health;
  private final EpochAllowance epochs = new EpochAllowance();
  private final StreamEvents events;
  private final InstantSource clock;
  private final Deque<Instant> takeovers = new ArrayDeque<>();

  StreamState state = StreamState.PENDING_INGEST;
  boolean started; // and reported
  @Nullable StreamLogWriter log; // null until it is open
  @Nullable Publisher applicant; // waits until the log is open
  @Nullable Publisher holder;
  @Nullable StreamGrant grant;
  @Nullable Publisher successor; // waits until the holder let go
  Optional<StreamKeyId> key = Optional.empty(); // of the holder, also of one that is awaited
  @Nullable Release verdict; // how it ends once the holder let go, whatever that says
  @Nullable Scheduled graceEnd;

  LiveStream(
      StreamId id,
      ChannelSlug channel,
      HealthMeter health,
      StreamEvents events,
      InstantSource clock) {
    this.id = id;
    this.channel = channel;
    this.health = health;
    this.events = events;
    this.clock = clock;
  }

  StreamId id() {
    return id;
  }

  ChannelSlug channel() {
    return channel;
  }

  HealthMeter health() {
    return health;
  }

  EpochAllowance epochs() {
    return epochs;
  }

  /// Decides how the stream ends; what was decided first holds.
  void judge(Release how) {
    if (verdict == null) {
      verdict = how;
    }
  }

  void epochBegan(Epoch epoch, List<TrackDescription> tracks) {
    if (!state.isOver()) {
      state = StreamState.ACTIVE;
      events.publish(new EpochBegan(id, clock.instant(), epoch, tracks));
    }
  }

  void measured(StreamHealth measured) {
    if (state == StreamState.ACTIVE) {
      events.publish(new StreamMeasured(id, clock.instant(), measured));
    }
  }

  /// Whether another takeover is allowed now; counts it if so.
  boolean takeover(int perMinute) {
    Instant now = clock.instant();
    while (!takeovers.isEmpty() && takeovers.getFirst().isBefore(now.minus(TAKEOVER_WINDOW))) {
      takeovers.removeFirst();
    }
    if (takeovers.size() >= perMinute) {
      return false;
    }
    takeovers.addLast(now);
    return true;
  }

  void stopWaiting() {
    if (graceEnd != null) {
      graceEnd.cancel();
      graceEnd = null;
    }
  }
}
