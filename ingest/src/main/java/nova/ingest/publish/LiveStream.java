package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  private final ChannelClaim claim;
  private final HealthMeter health;
  private final EpochAllowance epochs = new EpochAllowance();
  private final StreamEvents events;
  private final InstantSource clock;
  private final Deque<Instant> takeovers = new ArrayDeque<>();

  StreamState state = StreamState.PENDING_INGEST;
  boolean started; // and reported
  boolean gone; // to another server
  boolean wantedElsewhere; // and let go of as soon as may be
  boolean opening; // its log
  boolean draining; // its broadcaster was asked to go on elsewhere
  @Nullable StreamLogWriter log; // null until it is open
  @Nullable Publisher applicant; // waits until the log is open
  @Nullable Publisher holder;
  @Nullable StreamGrant grant;
  @Nullable Publisher successor; // waits until the holder let go
  Optional<StreamKeyId> key = Optional.empty(); // of the holder, also of one that is awaited
  @Nullable Release verdict; // how it ends once the holder let go, whatever that says
  @Nullable Scheduled graceEnd;
  private @Nullable Instant lostAt; // of a broadcaster that is away
  private StreamHealth measured;

  LiveStream(ChannelClaim claim, HealthMeter health, StreamEvents events, InstantSource clock) {
    this.claim = claim;
    this.health = health;
    this.measured = health.health();
    this.events = events;
    this.clock = clock;
  }

  StreamId id() {
    return claim.stream();
  }

  ChannelSlug channel() {
    return claim.channel();
  }

  ChannelClaim claim() {
    return claim;
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
    if (!state.isOver() && !gone) {
      state = StreamState.ACTIVE;
      events.publish(new EpochBegan(id(), clock.instant(), epoch, tracks));
      tell();
    }
  }

  void measured(StreamHealth health) {
    if (state == StreamState.ACTIVE && !gone) {
      measured = health;
      events.publish(new StreamMeasured(id(), clock.instant(), health));
      tell();
    }
  }

  /// The broadcaster is away, and its connection counts nothing any more.
  void lost(Instant at) {
    state = StreamState.RECONNECTING;
    lostAt = at;
    measured = health.health();
    tell();
  }

  /// Goes on from how it stood at another server.
  void restore(ClaimStatus status) {
    started = true;
    state = status.state();
    key = status.key();
    lostAt = status.lostAt().orElse(null);
  }

  /// Since when the broadcaster is away.
  Instant lostSince(Instant unlessKnown) {
    return lostAt == null ? unlessKnown : lostAt;
  }

  @Nullable Publisher takeApplicant() {
    Publisher taken = applicant;
    applicant = null;
    return taken;
  }

  @Nullable Publisher takeSuccessor() {
    Publisher taken = successor;
    successor = null;
    return taken;
  }

  void refuseApplicant(String reason, String sentence) {
    Publisher waiting = takeApplicant();
    if (waiting != null) {
      waiting.refused(reason, sentence);
    }
  }

  void refuseSuccessor(String reason, String sentence) {
    Publisher waiting = takeSuccessor();
    if (waiting != null) {
      waiting.refused(reason, sentence);
    }
  }

  /// Tells whoever waits for the stream, if anybody, that it may try again.
  void failWaiting(String reason, String sentence) {
    Stream.concat(Stream.ofNullable(takeSuccessor()), Stream.ofNullable(takeApplicant()))
        .forEach(waiting -> waiting.failed(reason, sentence));
  }

  /// Whether the broadcaster is away.
  boolean isLost() {
    return lostAt != null;
  }

  /// The broadcaster is here.
  void held(Publisher by, StreamGrant with) {
    holder = by;
    grant = with;
    key = by.key();
    lostAt = null;
    tell();
  }

  /// Tells other servers how it stands. Who has come, and waits for the log or did not begin an
  /// epoch yet, is there: nobody may come after it without asking.
  void tell() {
    boolean away = lostAt != null && holder == null && applicant == null;
    StreamState known = away || state != StreamState.RECONNECTING ? state : StreamState.ACTIVE;
    claim.update(
        new ClaimStatus(
            known, away ? Optional.ofNullable(lostAt) : Optional.empty(), key, measured));
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
