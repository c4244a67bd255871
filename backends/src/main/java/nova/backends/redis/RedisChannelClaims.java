package nova.backends.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.ingest.publish.ChannelClaim;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.ClaimAnswer;
import nova.ingest.publish.ClaimRequest;
import nova.ingest.publish.ClaimStatus;
import nova.ingest.publish.ClaimedStream;
import org.jspecify.annotations.Nullable;
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
  private static final RedisScript CLAIM = RedisScript.named("claim-channel");
  private static final RedisScript RENEW = RedisScript.named("renew-claim");
  private static final RedisScript LEAVE = RedisScript.named("leave-claim");
  private static final RedisScript EXPIRED = RedisScript.named("expired-claims");
  private static final RedisScript ADOPT = RedisScript.named("adopt-claim");

  private static final Duration KEPT = Duration.ofDays(1); // when no ingest node is left
  private static final int MOST_EXPIRED = 100;
  private static final int LOOKS_PER_TTL = 30;
  private static final int RENEWALS_PER_TTL = 3;

  private final RedisLink link;
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
    this.link = connections.link(RedisArea.MEDIA, "claims");
    this.subscription = connections.subscription("claims");
    this.node = node;
    this.metrics = metrics;
    this.clock = clock;
    this.ttl = ttl;
    this.settling = new Settling(link, ttl);
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
    CompletionStage<Void> _ =
        subscription
            .listen(
                channel(),
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
                })
            .exceptionally(
                failure -> {
                  log.warn("not subscribed to claims; takeovers take a second", failure);
                  return null;
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
                over ? findExpired() : CompletableFuture.completedStage(List.<ClaimedStream>of()));
  }

  private CompletionStage<List<ClaimedStream>> findExpired() {
    return link.<List<Bytes>>run(
            EXPIRED,
            ScriptOutputType.MULTI,
            List.of(renewedKey()),
            StreamLeases.number(ttl.toMillis()),
            StreamLeases.number(MOST_EXPIRED))
        .thenCompose(
            found -> {
              CompletionStage<List<ClaimedStream>> all =
                  CompletableFuture.completedStage(List.<ClaimedStream>of());
              for (int i = 0; i + 1 < found.size(); i += 2) {
                all =
                    all.thenCombine(read(found.get(i), found.get(i + 1)), RedisChannelClaims::plus);
              }
              return all;
            });
  }

  private static List<ClaimedStream> plus(List<ClaimedStream> all, Optional<ClaimedStream> one) {
    List<ClaimedStream> more = new ArrayList<>(all);
    one.ifPresent(more::add);
    return more;
  }

  private CompletionStage<Optional<ClaimedStream>> read(Bytes name, Bytes renewedMs) {
    String slug = name.length() <= 64 ? name.toUtf8() : "";
    if (!ChannelSlug.isValid(slug)) {
      forget(name, "claim");
      return CompletableFuture.completedStage(Optional.empty());
    }
    ChannelSlug channel = new ChannelSlug(slug);
    return link.commands()
        .hmget(claimKey(channel), "stream", "token", "started", "node", "status")
        .thenApply(
            values -> {
              Map<String, Bytes> fields = new HashMap<>();
              values.stream()
                  .filter(KeyValue::hasValue)
                  .forEach(value -> fields.put(value.getKey(), value.getValue()));
              Optional<ClaimedStream> stream =
                  claimed(
                      channel,
                      fields.get("stream"),
                      fields.get("token"),
                      fields.get("started"),
                      fields.get("node"),
                      fields.get("status"),
                      renewedMs);
              if (stream.isEmpty()) {
                forget(name, fields.isEmpty() ? "claim-without-stream" : "claim");
              }
              return stream;
            });
  }

  /// What nobody can adopt must not be looked at for ever.
  private void forget(Bytes channel, String reason) {
    metrics.malformed(reason);
    CompletionStage<Long> _ = link.commands().zrem(renewedKey(), channel);
  }

  private static Optional<ClaimedStream> claimed(
      ChannelSlug channel,
      @Nullable Bytes stream,
      @Nullable Bytes token,
      @Nullable Bytes started,
      @Nullable Bytes node,
      @Nullable Bytes status,
      Bytes renewedMs) {
    if (stream == null || token == null || started == null || node == null || status == null) {
      return Optional.empty();
    }
    try {
      return ClaimStatusJson.read(status)
          .map(
              read ->
                  new ClaimedStream(
                      channel,
                      new StreamId(stream.toUtf8()),
                      Instant.parse(started.toUtf8()),
                      new NodeId(node.toUtf8()).value(),
                      Long.parseLong(token.toUtf8()),
                      Instant.ofEpochMilli((long) Double.parseDouble(renewedMs.toUtf8())),
                      read));
    } catch (IllegalArgumentException | DateTimeException _) {
      return Optional.empty();
    }
  }

  @Override
  public CompletionStage<Optional<ChannelClaim>> adopt(ClaimedStream expired, Listener listener) {
    return link.<@Nullable Bytes>run(
            ADOPT,
            ScriptOutputType.VALUE,
            keys(expired.channel()),
            Bytes.ofUtf8(node.value()),
            Bytes.ofUtf8(expired.channel().value()),
            StreamLeases.number(expired.token()),
            StreamLeases.number(ttl.toMillis()),
            StreamLeases.number(KEPT.toMillis()))
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
      held.values().forEach(Held::renew);
    }
  }

  private List<String> keys(ChannelSlug channel) {
    return List.of(renewedKey(), claimKey(channel));
  }

  // All claims share one name in braces, as each is touched together with the set of all.
  private String renewedKey() {
    return link.keys().key("renewed", "claims");
  }

  private String claimKey(ChannelSlug channel) {
    return link.keys().key("claim", "claims") + ":" + channel;
  }

  private String channel() {
    return link.keys().key("claims");
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

    Attempt(long number, ClaimRequest request, Listener listener) {
      this.number = number;
      this.request = request;
      this.listener = listener;
    }

    void ask() {
      if (!asking.compareAndSet(false, true)) {
        return;
      }
      boolean again = waiting.containsKey(number);
      CompletionStage<Void> _ =
          settling
              .isOver()
              .thenCompose(over -> ask(again, over))
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

    private CompletionStage<List<Bytes>> ask(boolean again, boolean settled) {
      ClaimStatus begun =
          new ClaimStatus(
              StreamState.PENDING_INGEST, Optional.empty(), request.key(), StreamHealth.NOTHING);
      return link.run(
          CLAIM,
          ScriptOutputType.MULTI,
          keys(request.channel()),
          Bytes.ofUtf8(node.value()),
          Bytes.ofUtf8(request.channel().value()),
          Bytes.ofUtf8(node + "/" + number),
          flag(again),
          Bytes.ofUtf8(request.fresh().value()),
          Bytes.ofUtf8(request.now().toString()),
          ClaimStatusJson.write(begun),
          Bytes.ofUtf8(request.remoteAddress()),
          StreamLeases.number(request.takeoversPerMinute()),
          StreamLeases.number(ttl.toMillis()),
          flag(settled),
          StreamLeases.number(KEPT.toMillis()),
          Bytes.ofUtf8(channel()));
    }

    private void onAnswer(List<Bytes> given) {
      switch (given.getFirst().toUtf8()) {
        case "wait" -> {
          if (!answer.isDone()) {
            waiting.put(number, this);
          }
        }
        case "granted" -> {
          ClaimStatus begun =
              new ClaimStatus(
                  StreamState.PENDING_INGEST,
                  Optional.empty(),
                  request.key(),
                  StreamHealth.NOTHING);
          done(
              new ClaimAnswer.Granted(
                  hold(
                      request.channel(),
                      request.fresh(),
                      request.now(),
                      begun,
                      given.get(1),
                      listener)));
        }
        case "continued" -> continued(given);
        case "refused" -> done(new ClaimAnswer.TooManyTakeovers());
        case "superseded" -> done(new ClaimAnswer.Superseded());
        default -> throw new IllegalStateException("claim answered with " + given);
      }
    }

    private void continued(List<Bytes> given) {
      ClaimedStream stream =
          claimed(
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

    void renew() {
      ClaimStatus now = status;
      if (over.get()) {
        return;
      }
      CompletionStage<Void> _ =
          link.<List<Bytes>>run(
                  RENEW,
                  ScriptOutputType.MULTI,
                  keys(channel),
                  Bytes.ofUtf8(node.value()),
                  Bytes.ofUtf8(channel.value()),
                  StreamLeases.number(token),
                  Bytes.ofUtf8(stream.value()),
                  Bytes.ofUtf8(startedAt.toString()),
                  ClaimStatusJson.write(now),
                  flag(now.state() == StreamState.RECONNECTING),
                  StreamLeases.number(KEPT.toMillis()))
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

    private CompletionStage<Void> leave(boolean ended) {
      over.set(true);
      held.remove(channel, this);
      return link.<Long>run(
              LEAVE,
              ScriptOutputType.INTEGER,
              keys(channel),
              Bytes.ofUtf8(channel.value()),
              StreamLeases.number(token),
              flag(ended),
              ClaimStatusJson.write(status))
          .thenAccept(_ -> {});
    }
  }

  private static Bytes flag(boolean set) {
    return Bytes.ofUtf8(set ? "1" : "0");
  }
}
