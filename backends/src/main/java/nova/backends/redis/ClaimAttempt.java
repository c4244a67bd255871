package nova.backends.redis;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.core.Bytes;
import nova.ingest.publish.ChannelClaims.Listener;
import nova.ingest.publish.ClaimAnswer;
import nova.ingest.publish.ClaimRequest;
import nova.ingest.publish.ClaimedStream;

/// A publisher that wants a channel, and asks for it until there is an answer.
///
/// *Thread-safe.*
final class ClaimAttempt {
  private final RedisChannelClaims claims;
  private final StoredClaims stored;
  private final Settling settling;
  private final RedisMetrics metrics;
  private final String name;
  private final ClaimRequest request;
  private final Listener listener;
  private final CompletableFuture<ClaimAnswer> answer = new CompletableFuture<>();
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile boolean hasAsked; // whoever has the channel to let go

  /// @param claims have what is granted
  /// @param name that no other attempt has
  ClaimAttempt(
      RedisChannelClaims claims,
      StoredClaims stored,
      Settling settling,
      RedisMetrics metrics,
      String name,
      ClaimRequest request,
      Listener listener) {
    this.claims = claims;
    this.stored = stored;
    this.settling = settling;
    this.metrics = metrics;
    this.name = name;
    this.request = request;
    this.listener = listener;
  }

  /// Fails when Redis cannot be asked.
  CompletionStage<ClaimAnswer> answer() {
    return answer;
  }

  /// Asks, unless it does so by now, or has its answer.
  void ask() {
    if (!asking.compareAndSet(false, true) || answer.isDone()) {
      return;
    }
    CompletionStage<Void> _ =
        settling
            .phase()
            .thenCompose(phase -> stored.claim(name, hasAsked, request, phase))
            .thenAccept(this::onAnswer)
            .exceptionally(
                failure -> {
                  metrics.failed("claim");
                  answer.completeExceptionally(RedisLink.cause(failure));
                  return null;
                })
            .thenRun(() -> asking.set(false));
  }

  private void onAnswer(List<Bytes> given) {
    switch (given.getFirst().toUtf8()) {
      case "wait" -> hasAsked = true;
      case "settling" -> hasAsked = false; // what was asked is forgotten too
      case "granted" -> granted(given);
      case "continued" -> continued(given);
      case "refused" -> answer.complete(new ClaimAnswer.TooManyTakeovers());
      case "superseded" -> answer.complete(new ClaimAnswer.Superseded());
      default -> throw new IllegalStateException("claim answered with " + given);
    }
  }

  private void granted(List<Bytes> given) {
    answer.complete(
        new ClaimAnswer.Granted(
            claims.hold(
                request.channel(),
                request.fresh(),
                request.now(),
                StoredClaims.begun(request),
                given.get(1),
                listener)));
  }

  private void continued(List<Bytes> given) {
    Optional<ClaimedStream> readable =
        stored.claimed(
            request.channel(),
            given.get(2),
            given.get(1),
            given.get(3),
            given.get(4),
            given.get(5),
            given.get(6));
    if (readable.isEmpty()) {
      stored.forget(request.channel(), given.get(1), "claim");
      hasAsked = false; // the channel is free when this asks again
      return;
    }
    ClaimedStream stream = readable.get();
    answer.complete(
        new ClaimAnswer.Continued(
            claims.hold(
                request.channel(),
                stream.stream(),
                stream.startedAt(),
                stream.status(),
                given.get(1),
                listener),
            stream));
  }
}
