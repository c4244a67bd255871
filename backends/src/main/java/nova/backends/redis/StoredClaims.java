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
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.ingest.publish.ClaimRequest;
import nova.ingest.publish.ClaimStatus;
import nova.ingest.publish.ClaimedStream;
import org.jspecify.annotations.Nullable;

/// The claims as Redis has them, and what can be done to them: one script for each step, which says
/// of its arguments and its answer. Stages complete on a thread of the connection, and fail when
/// Redis does not answer.
///
/// *Thread-safe.*
final class StoredClaims {
  private static final RedisScript CLAIM =
      RedisScript.named("claim-channel", RedisType.SORTED_SET, RedisType.HASH);
  private static final RedisScript RENEW =
      RedisScript.named("renew-claim", RedisType.SORTED_SET, RedisType.HASH);
  private static final RedisScript LEAVE =
      RedisScript.named("leave-claim", RedisType.SORTED_SET, RedisType.HASH);
  private static final RedisScript EXPIRED =
      RedisScript.named("expired-claims", RedisType.SORTED_SET);
  private static final RedisScript ADOPT =
      RedisScript.named("adopt-claim", RedisType.SORTED_SET, RedisType.HASH);

  private static final Duration KEPT = Duration.ofDays(1); // when no ingest node is left
  private static final int MOST_EXPIRED = 100;

  private final RedisLink link;
  private final NodeId node;
  private final Duration ttl;
  private final RedisMetrics metrics;
  private final Supplier<Duration> clockSkew;

  /// @param node this one
  /// @param ttl of a claim that is not renewed
  /// @param clockSkew how far the clock of Redis is ahead of this machine's
  StoredClaims(
      RedisLink link,
      NodeId node,
      Duration ttl,
      RedisMetrics metrics,
      Supplier<Duration> clockSkew) {
    this.link = link;
    this.node = node;
    this.ttl = ttl;
    this.metrics = metrics;
    this.clockSkew = clockSkew;
  }

  /// The status of a stream that begins.
  static ClaimStatus begun(ClaimRequest request) {
    return new ClaimStatus(
        StreamState.PENDING_INGEST, Optional.empty(), request.key(), StreamHealth.NOTHING);
  }

  /// Claims a channel, or asks who has it to let go.
  ///
  /// @param attempt a name that no other has
  /// @param hasAsked whether it has asked before
  CompletionStage<List<Bytes>> claim(
      String attempt, boolean hasAsked, ClaimRequest request, Settling.Phase phase) {
    return link.run(
        CLAIM,
        ScriptOutputType.MULTI,
        keys(request.channel()),
        Bytes.ofUtf8(node.value()),
        Bytes.ofUtf8(request.channel().value()),
        Bytes.ofUtf8(attempt),
        flag(hasAsked),
        Bytes.ofUtf8(request.fresh().value()),
        Bytes.ofUtf8(request.now().toString()),
        ClaimStatusJson.write(begun(request)),
        Bytes.ofUtf8(request.remoteAddress()),
        StreamLeases.number(request.takeoversPerMinute()),
        StreamLeases.number(ttl.toMillis()),
        flag(phase == Settling.Phase.OVER),
        StreamLeases.number(KEPT.toMillis()),
        Bytes.ofUtf8(notices()),
        flag(phase != Settling.Phase.EMPTIED));
  }

  /// Holds a claim for longer.
  CompletionStage<List<Bytes>> renew(
      ChannelSlug channel, long token, StreamId stream, Instant startedAt, ClaimStatus status) {
    return link.run(
        RENEW,
        ScriptOutputType.MULTI,
        keys(channel),
        Bytes.ofUtf8(node.value()),
        Bytes.ofUtf8(channel.value()),
        StreamLeases.number(token),
        Bytes.ofUtf8(stream.value()),
        Bytes.ofUtf8(startedAt.toString()),
        write(status),
        flag(status.state() == StreamState.RECONNECTING),
        StreamLeases.number(KEPT.toMillis()));
  }

  /// Lets go of a claim.
  ///
  /// @param ended whether its stream is over
  CompletionStage<Void> leave(ChannelSlug channel, long token, boolean ended, ClaimStatus status) {
    return leave(channel, StreamLeases.number(token), ended, write(status));
  }

  private CompletionStage<Void> leave(
      ChannelSlug channel, Bytes token, boolean ended, Bytes status) {
    return link.<Long>run(
            LEAVE,
            ScriptOutputType.INTEGER,
            keys(channel),
            Bytes.ofUtf8(channel.value()),
            token,
            flag(ended),
            status)
        .thenAccept(_ -> {});
  }

  /// Ends a claim that cannot be read, which is counted: nobody can go on with it, and nobody could
  /// ever have its channel.
  ///
  /// @param token as it was read, if there was one; a claim that has another by now stays
  void forget(ChannelSlug channel, @Nullable Bytes token, String reason) {
    metrics.malformed(reason);
    CompletionStage<Void> _ =
        leave(channel, token == null ? Bytes.EMPTY : token, true, Bytes.EMPTY)
            .exceptionally(
                failure -> {
                  metrics.failed("forget-claim"); // it is found again
                  return null;
                });
  }

  /// Takes a claim that has expired.
  ///
  /// @return the token; null when somebody has it
  CompletionStage<@Nullable Bytes> adopt(ClaimedStream expired) {
    return link.run(
        ADOPT,
        ScriptOutputType.VALUE,
        keys(expired.channel()),
        Bytes.ofUtf8(node.value()),
        Bytes.ofUtf8(expired.channel().value()),
        StreamLeases.number(expired.token()),
        StreamLeases.number(ttl.toMillis()),
        StreamLeases.number(KEPT.toMillis()));
  }

  /// Those that were not renewed for long; what cannot be read is forgotten.
  CompletionStage<List<ClaimedStream>> expired() {
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
                all = all.thenCombine(read(found.get(i), found.get(i + 1)), StoredClaims::plus);
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
      metrics.malformed("claim");
      CompletionStage<Long> _ = link.commands().zrem(renewedKey(), name);
      return CompletableFuture.completedStage(Optional.empty());
    }
    ChannelSlug channel = new ChannelSlug(slug);
    return link.orMissing(
            link.commands()
                .hmget(claimKey(channel), "stream", "token", "started", "node", "status"),
            List.of())
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
                forget(
                    channel,
                    fields.get("token"),
                    fields.isEmpty() ? "claim-without-stream" : "claim");
              }
              return stream;
            });
  }

  /// A claim out of its fields; empty when one is not there or cannot be read.
  Optional<ClaimedStream> claimed(
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
                      Instant.ofEpochMilli((long) Double.parseDouble(renewedMs.toUtf8()))
                          .minus(skew()),
                      lostLater(read, skew().negated())));
    } catch (IllegalArgumentException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /// In Redis times are by its clock, and here by this machine's, as the grace of a broadcaster
  /// goes on at another node.
  private Bytes write(ClaimStatus status) {
    return ClaimStatusJson.write(lostLater(status, skew()));
  }

  private static ClaimStatus lostLater(ClaimStatus status, Duration by) {
    return new ClaimStatus(
        status.state(), status.lostAt().map(at -> at.plus(by)), status.key(), status.health());
  }

  /// In whole seconds: none between clocks that agree.
  private Duration skew() {
    return Duration.ofSeconds(Math.round(clockSkew.get().toMillis() / 1e3));
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

  /// The channel of messages about claims.
  String notices() {
    return link.keys().key("claims");
  }

  private static Bytes flag(boolean set) {
    return Bytes.ofUtf8(set ? "1" : "0");
  }
}
