package nova.backends.redis;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.ingest.publish.ChannelClaim;
import nova.ingest.publish.ChannelClaims.Listener;
import nova.ingest.publish.ClaimStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A claim of this node, from when it was granted until it is left or lost.
///
/// *Thread-safe.*
final class HeldClaim implements ChannelClaim {
  private static final Logger log = LoggerFactory.getLogger(HeldClaim.class);

  private final StoredClaims stored;
  private final RedisMetrics metrics;
  private final ChannelSlug channel;
  private final StreamId stream;
  private final Instant startedAt;
  private final long token;
  private final Listener listener;
  private final Consumer<HeldClaim> onGone;
  private final AtomicBoolean over = new AtomicBoolean(); // left or lost
  private volatile ClaimStatus status;
  private String toldOf = ""; // the attempt that the listener was told of; guarded by `this`

  /// @param onGone told when it is left or lost; must return at once
  HeldClaim(
      StoredClaims stored,
      RedisMetrics metrics,
      ChannelSlug channel,
      StreamId stream,
      Instant startedAt,
      ClaimStatus status,
      long token,
      Listener listener,
      Consumer<HeldClaim> onGone) {
    this.stored = stored;
    this.metrics = metrics;
    this.channel = channel;
    this.stream = stream;
    this.startedAt = startedAt;
    this.status = status;
    this.token = token;
    this.listener = listener;
    this.onGone = onGone;
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

  /// Another node has the channel.
  ///
  /// @param sameStream whether the stream goes on there
  void lose(boolean sameStream) {
    if (over.compareAndSet(false, true)) {
      onGone.accept(this);
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
    onGone.accept(this);
    return stored.leave(channel, token, ended, status);
  }
}
