package nova.backends.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.StreamId;

/// The right of this node to carry a stream, which its [StreamLeases] renews.
///
/// It is lost when Redis says that another node has a higher token, and not before: while Redis is
/// away its holder goes on, and the fence in Redis keeps from doing harm.
///
/// *Thread-safe.*
public final class Lease {
  private final StreamLeases leases;
  private final StreamId stream;
  private final long token;
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private volatile long sureUntilNanos;
  private boolean released; // guarded by `this`

  /// @param sureUntilNanos until when nobody else can have taken it
  Lease(StreamLeases leases, StreamId stream, long token, long sureUntilNanos) {
    this.leases = leases;
    this.stream = stream;
    this.token = token;
    this.sureUntilNanos = sureUntilNanos;
  }

  public StreamId stream() {
    return stream;
  }

  /// The fencing token: higher than that of every earlier holder. What is written to Redis under a
  /// lower one is refused.
  public long token() {
    return token;
  }

  /// Whether another node has it.
  public boolean isLost() {
    return lost.isDone();
  }

  /// Whether no other node can have it: it was renewed so lately that it has not ended since.
  public boolean isSure() {
    return !isLost() && leases.isBefore(sureUntilNanos);
  }

  /// Nobody else can have taken it until then.
  void sureUntil(long nanos) {
    sureUntilNanos = nanos;
  }

  /// Calls `step` once when another node has it, at once if that is so already. It must return at
  /// once.
  public void onLost(Runnable step) {
    CompletableFuture<Void> _ = lost.thenRun(step);
  }

  /// Renews it, under the same lock as [#release], behind which it would bring back what was given
  /// back.
  ///
  /// @return false when it is lost or given back; fails when Redis cannot be asked, and then
  ///   nothing is known
  synchronized CompletionStage<Boolean> renew() {
    return released || isLost() ? CompletableFuture.completedStage(false) : leases.renew(this);
  }

  /// Gives it back, so that another node can take it at once. Idempotent.
  public synchronized CompletionStage<Void> release() {
    released = true;
    return leases.release(this);
  }

  /// Another node has it.
  void lose() {
    lost.complete(null);
  }

  @Override
  public String toString() {
    return "Lease[%s, %d]".formatted(stream, token);
  }
}
