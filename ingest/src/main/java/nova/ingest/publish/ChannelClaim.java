package nova.ingest.publish;

import java.util.concurrent.CompletionStage;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// The right of this node to the broadcast of a channel, which its [ChannelClaims] renews each
/// second.
///
/// It stays this node's while nobody can be asked, until somebody else is known to have it.
///
/// *Thread-safe.*
public interface ChannelClaim {
  ChannelSlug channel();

  /// The stream of the channel.
  StreamId stream();

  /// A positive number, higher than that of each claim with which others had the stream before.
  long token();

  /// Says how the stream stands now; others learn of it with the next renewal.
  void update(ClaimStatus status);

  /// The holder let go because it was asked to: the stream goes on where somebody waits for it, and
  /// is adopted when nobody does any more.
  CompletionStage<Void> handOver();

  /// The stream is over, and the channel free. Idempotent.
  CompletionStage<Void> end();
}
