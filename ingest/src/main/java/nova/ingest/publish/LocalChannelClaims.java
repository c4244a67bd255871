package nova.ingest.publish;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// [ChannelClaims] where there is no other node: everything is granted, at once and for good.
///
/// *Thread-safe.*
public final class LocalChannelClaims implements ChannelClaims {
  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public CompletionStage<ClaimAnswer> claim(ClaimRequest request, Listener listener) {
    return CompletableFuture.completedStage(
        new ClaimAnswer.Granted(new LocalClaim(request.channel(), request.fresh())));
  }

  @Override
  public CompletionStage<List<ClaimedStream>> expired() {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<Optional<ChannelClaim>> adopt(ClaimedStream expired, Listener listener) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  private record LocalClaim(ChannelSlug channel, StreamId stream) implements ChannelClaim {
    @Override
    public long token() {
      return 1; // nobody had it before
    }

    @Override
    public void update(ClaimStatus status) {}

    @Override
    public CompletionStage<Void> handOver() {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> end() {
      return CompletableFuture.completedStage(null);
    }
  }
}
