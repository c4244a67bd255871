package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.ingest.publish.ChannelClaim;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.ClaimAnswer;
import nova.ingest.publish.ClaimRequest;
import nova.ingest.publish.ClaimStatus;
import nova.ingest.publish.ClaimedStream;

/// [ChannelClaims] of all ingest nodes that share a Redis.
///
/// A claim is a hash: stream, node, a token that rises with each taking, when the stream began, its
/// last status, and who asks for it. Each claim is renewed every second, and at once when its
/// channel is named in a message; so a holder hears within milliseconds that it is asked, and
/// within a second when the message was lost. Who asked looks every tenth of a second whether it
/// may have it.
///
/// *Thread-safe.*
public final class RedisChannelClaims implements ChannelClaims, AutoCloseable {
  /// A claim that is not renewed is expired after this time.
  public static final Duration TTL = Duration.ofSeconds(3);

  private static final int LOOKS_PER_TTL = 30;
  private static final int RENEWALS_PER_TTL = 3;

  private final StoredClaims stored;
  private final RedisSubscription subscription;
  private final NodeId node;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final Duration ttl;
  private final Settling settling;
  private final AtomicLong attempts = new AtomicLong();
  private final Set<ClaimAttempt> waiting = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<ChannelSlug, HeldClaim> held = new ConcurrentHashMap<>();
  private final RepeatedTask looking;
  private long renewedAtNanos; // of the task's thread

  private RedisChannelClaims(
      RedisConnections connections,
      NodeId node,
      RedisMetrics metrics,
      NanoClock clock,
      Duration ttl,
      ThreadFactory threads) {
    RedisLink link = connections.link(RedisArea.MEDIA, "claims");
    this.stored = new StoredClaims(link, node, ttl, metrics, connections::clockSkew);
    this.subscription = connections.subscription("claims");
    this.node = node;
    this.metrics = metrics;
    this.clock = clock;
    this.ttl = ttl;
    this.settling = new Settling(connections, link, "claims", ttl);
    this.renewedAtNanos = clock.nanoTime();
    Duration interval = ttl.dividedBy(LOOKS_PER_TTL);
    this.looking = RepeatedTask.start("channel-claims", interval, interval, this::look, threads);
    link.onReconnect(() -> held.values().forEach(HeldClaim::renew));
  }

  /// Begins to renew what will be claimed.
  ///
  /// @param node this one
  /// @throws RedisStartException when Redis cannot be used
  public static RedisChannelClaims open(
      RedisConnections connections,
      NodeId node,
      RedisMetrics metrics,
      NanoClock clock,
      ThreadFactory threads) {
    return open(connections, node, metrics, clock, TTL, threads);
  }

  static RedisChannelClaims open(
      RedisConnections connections,
      NodeId node,
      RedisMetrics metrics,
      NanoClock clock,
      Duration ttl,
      ThreadFactory threads) {
    RedisChannelClaims claims =
        new RedisChannelClaims(connections, node, metrics, clock, ttl, threads);
    claims.listen();
    return claims;
  }

  private void listen() {
    subscription.listen(
        stored.notices(),
        new RedisSubscription.Listener() {
          @Override
          public void onSubscribed() {}

          @Override
          public void onMessage(Bytes message) {
            String slug = message.length() <= 64 ? message.toUtf8() : "";
            HeldClaim mine = ChannelSlug.isValid(slug) ? held.get(new ChannelSlug(slug)) : null;
            if (mine != null) {
              mine.renew();
            }
          }
        });
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public CompletionStage<ClaimAnswer> claim(ClaimRequest request, Listener listener) {
    String name = node + "/" + attempts.incrementAndGet();
    ClaimAttempt attempt =
        new ClaimAttempt(this, stored, settling, metrics, name, request, listener);
    waiting.add(attempt);
    CompletionStage<ClaimAnswer> _ =
        attempt.answer().whenComplete((_, _) -> waiting.remove(attempt));
    attempt.ask();
    return attempt.answer();
  }

  @Override
  public CompletionStage<List<ClaimedStream>> expired() {
    return settling
        .isOver()
        .thenCompose(
            over ->
                over
                    ? stored.expired()
                    : CompletableFuture.completedStage(List.<ClaimedStream>of()));
  }

  @Override
  public CompletionStage<Optional<ChannelClaim>> adopt(ClaimedStream expired, Listener listener) {
    return stored
        .adopt(expired)
        .thenApply(
            token ->
                token == null
                    ? Optional.empty()
                    : Optional.of(
                        hold(
                            expired.channel(),
                            expired.stream(),
                            expired.startedAt(),
                            expired.status(),
                            token,
                            listener)));
  }

  /// Has from now on what this node was granted.
  HeldClaim hold(
      ChannelSlug channel,
      StreamId stream,
      Instant startedAt,
      ClaimStatus status,
      Bytes token,
      Listener listener) {
    HeldClaim claim =
        new HeldClaim(
            stored,
            metrics,
            channel,
            stream,
            startedAt,
            status,
            Long.parseLong(token.toUtf8()),
            listener,
            gone -> held.remove(channel, gone));
    HeldClaim before = held.put(channel, claim);
    if (before != null) {
      before.lose(before.stream().equals(stream));
    }
    return claim;
  }

  private void look() {
    waiting.forEach(ClaimAttempt::ask);
    long now = clock.nanoTime();
    if (now - renewedAtNanos >= ttl.dividedBy(RENEWALS_PER_TTL).toNanos()) {
      renewedAtNanos = now;
      settling.look();
      held.values().forEach(HeldClaim::renew);
    }
  }

  /// Renews nothing any more; claims that are held expire, and are adopted elsewhere.
  @Override
  public void close() {
    looking.close();
    subscription.close();
  }
}
