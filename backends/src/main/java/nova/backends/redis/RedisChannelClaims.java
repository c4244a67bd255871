package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger log = LoggerFactory.getLogger(RedisChannelClaims.class);
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
  private final ConcurrentMap<Long, Attempt> waiting = new ConcurrentHashMap<>();
  private final ConcurrentMap<ChannelSlug, Held> held = new ConcurrentHashMap<>();
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
    this.stored = new StoredClaims(link, node, ttl, metrics);
    this.subscription = connections.subscription("claims");
    this.node = node;
    this.metrics = metrics;
    this.clock = clock;
    this.ttl = ttl;
    this.settling = new Settling(connections, link, "claims", ttl);
    this.renewedAtNanos = clock.nanoTime();
    Duration interval = ttl.dividedBy(LOOKS_PER_TTL);
    this.looking = RepeatedTask.start("channel-claims", interval, interval, this::look, threads);
    link.onReconnect(() -> held.values().forEach(Held::renew));
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
            Held mine = ChannelSlug.isValid(slug) ? held.get(new ChannelSlug(slug)) : null;
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
    Attempt attempt = new Attempt(attempts.incrementAndGet(), request, listener);
    attempt.ask();
    return attempt.answer;
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

  private Held hold(
      ChannelSlug channel,
      StreamId stream,
      Instant startedAt,
      ClaimStatus status,
      Bytes token,
      Listener listener) {
    Held claim =
        new Held(channel, stream, startedAt, status, Long.parseLong(token.toUtf8()), listener);
    Held before = held.put(channel, claim);
    if (before != null) {
      before.lose(before.stream.equals(stream));
    }
    return claim;
  }

  private void look() {
    waiting.values().forEach(Attempt::ask);
    long now = clock.nanoTime();
    if (now - renewedAtNanos >= ttl.dividedBy(RENEWALS_PER_TTL).toNanos()) {
      renewedAtNanos = now;
      settling.look();
      held.values().forEach(Held::renew);
    }
  }

  /// Renews nothing any more; claims that are held expire, and are adopted elsewhere.
  @Override
  public void close() {
    looking.close();
    subscription.close();
  }

  /// A publisher that wants a channel.
  private final class Attempt {
    final long number;
    final ClaimRequest request;
    final Listener listener;
    final CompletableFuture<ClaimAnswer> answer = new CompletableFuture<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean hasAsked; // whoever has the channel to let go

    Attempt(long number, ClaimRequest request, Listener listener) {
      this.number = number;
      this.request = request;
      this.listener = listener;
    }

    void ask() {
      if (!asking.compareAndSet(false, true)) {
        return;
      }
      CompletionStage<Void> _ =
          settling
              .phase()
              .thenCompose(phase -> stored.claim(node + "/" + number, hasAsked, request, phase))
              .thenAccept(this::onAnswer)
              .exceptionally(
                  failure -> {
                    metrics.failed("claim");
                    waiting.remove(number);
                    answer.completeExceptionally(RedisLink.cause(failure));
                    return null;
                  })
              .thenRun(() -> asking.set(false));
    }

    private void onAnswer(List<Bytes> given) {
      switch (given.getFirst().toUtf8()) {
        case "wait" -> {
          hasAsked = true;
          askAgain();
        }
        case "settling" -> {
          hasAsked = false; // what was asked is forgotten too
          askAgain();
        }
        case "granted" -> {
          done(
              new ClaimAnswer.Granted(
                  hold(
                      request.channel(),
                      request.fresh(),
                      request.now(),
                      StoredClaims.begun(request),
                      given.get(1),
                      listener)));
        }
        case "continued" -> continued(given);
        case "refused" -> done(new ClaimAnswer.TooManyTakeovers());
        case "superseded" -> done(new ClaimAnswer.Superseded());
        default -> throw new IllegalStateException("claim answered with " + given);
      }
    }

    private void askAgain() {
      if (!answer.isDone()) {
        waiting.put(number, this);
      }
    }

    private void continued(List<Bytes> given) {
      ClaimedStream stream =
          StoredClaims.claimed(
                  request.channel(),
                  given.get(2),
                  given.get(1),
                  given.get(3),
                  given.get(4),
                  given.get(5),
                  given.get(6))
              .orElseThrow(() -> new IllegalStateException("the claim cannot be read"));
      done(
          new ClaimAnswer.Continued(
              hold(
                  request.channel(),
                  stream.stream(),
                  stream.startedAt(),
                  stream.status(),
                  given.get(1),
                  listener),
              stream));
    }

    private void done(ClaimAnswer result) {
      waiting.remove(number);
      answer.complete(result);
    }
  }

  /// A claim of this node.
  private final class Held implements ChannelClaim {
    private final ChannelSlug channel;
    private final StreamId stream;
    private final Instant startedAt;
    private final long token;
    private final Listener listener;
    private final AtomicBoolean over = new AtomicBoolean(); // left or lost
    private volatile ClaimStatus status;
    private String toldOf = ""; // the attempt that the listener was told of; guarded by `this`

    Held(
        ChannelSlug channel,
        StreamId stream,
        Instant startedAt,
        ClaimStatus status,
        long token,
        Listener listener) {
      this.channel = channel;
      this.stream = stream;
      this.startedAt = startedAt;
      this.status = status;
      this.token = token;
      this.listener = listener;
    }

    @Override
    public ChannelSlug channel() {
      return channel;
    }

    @Override
    public StreamId stream() {
      return stream;
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public void update(ClaimStatus next) {
      boolean isNews = next.state() != status.state();
      status = next;
      if (isNews) {
        renew();
      }
    }

    /// Under the same lock as [#leave], behind which it would bring back what was let go of.
    synchronized void renew() {
      ClaimStatus now = status;
      if (over.get()) {
        return;
      }
      CompletionStage<Void> _ =
          stored
              .renew(channel, token, stream, startedAt, now)
              .thenAccept(this::onRenewed)
              .exceptionally(
                  failure -> {
                    metrics.failed("renew-claim");
                    log.debug("claim of {} not renewed", channel, failure);
                    return null;
                  });
    }

    private void onRenewed(List<Bytes> answer) {
      if (answer.getFirst().toUtf8().equals("lost")) {
        lose(answer.get(1).toUtf8().equals(stream.value()));
        return;
      }
      String asked = answer.get(1).toUtf8();
      boolean isNews;
      synchronized (this) {
        isNews = !asked.isEmpty() && !asked.equals(toldOf);
        toldOf = asked;
      }
      if (isNews && !over.get()) {
        listener.onAsked(answer.get(2).toUtf8());
      }
    }

    void lose(boolean sameStream) {
      if (over.compareAndSet(false, true)) {
        held.remove(channel, this);
        listener.onLost(sameStream);
      }
    }

    @Override
    public CompletionStage<Void> handOver() {
      return leave(false);
    }

    @Override
    public CompletionStage<Void> end() {
      return leave(true);
    }

    private synchronized CompletionStage<Void> leave(boolean ended) {
      over.set(true);
      held.remove(channel, this);
      return stored.leave(channel, token, ended, status);
    }
  }
}
