package nova.ingest.publish;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Port: which ingest node has the broadcast of which channel, so that a broadcaster that comes
/// back to another node goes on with its stream there.
///
/// A claim that is not renewed for three seconds is expired: its node is gone, and another one
/// adopts it as a connection that was lost.
///
/// Nothing blocks; stages complete on any thread, which must not be kept, and fail when the other
/// nodes cannot be asked.
///
/// *Thread-safe.*
public interface ChannelClaims {
  /// Learns what becomes of a claim. Methods are called on any thread and must return at once.
  interface Listener {
    /// A publisher elsewhere wants the channel: the holder is to surrender, and then
    /// [ChannelClaim#handOver] is to be called. Told once for each that comes; who does not let go
    /// within three seconds loses the claim.
    ///
    /// @param remoteAddress of that publisher
    void onAsked(String remoteAddress);

    /// Another node has the channel. If it has the same stream, the stream goes on there, and
    /// nothing is to be said of its end; if not, the stream is over.
    void onLost(boolean sameStream);
  }

  /// Whether there may be other nodes, to which a stream can be handed over.
  boolean isShared();

  /// Claims a channel for a publisher. Where a publisher at another node has it, that node is asked
  /// to let go, and the stage completes when it has, within some three seconds.
  CompletionStage<ClaimAnswer> claim(ClaimRequest request, Listener listener);

  /// The claims that are expired, which may be adopted.
  CompletionStage<List<ClaimedStream>> expired();

  /// Takes an expired claim.
  ///
  /// @return empty when somebody else did, or its node is back
  CompletionStage<Optional<ChannelClaim>> adopt(ClaimedStream expired, Listener listener);
}
