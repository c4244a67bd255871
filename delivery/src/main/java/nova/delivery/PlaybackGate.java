package nova.delivery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.ChannelSlug;

/// Port: who may watch a channel, live or over.
///
/// Both methods are called on event loops and return at once, [#audienceOf] from memory and once
/// per request. A request that is held is judged once, when it comes.
///
/// *Thread-safe.*
public interface PlaybackGate {
  /// Lets everybody watch every channel.
  PlaybackGate OPEN =
      new PlaybackGate() {
        @Override
        public Audience audienceOf(ChannelSlug channel) {
          return Audience.EVERYBODY;
        }

        @Override
        public CompletionStage<Verdict> judge(ChannelSlug channel, String secret, String address) {
          return CompletableFuture.completedStage(Verdict.MAY_WATCH);
        }
      };

  /// Whom a channel is for, as far as is known now.
  Audience audienceOf(ChannelSlug channel);

  /// Whether whoever shows `secret` may watch a channel that is for token holders.
  ///
  /// @param secret as it was sent, of any length and form; never to be logged
  /// @param address of the socket it came from, as text
  /// @return completed at once when that is known, else on any thread; never fails
  CompletionStage<Verdict> judge(ChannelSlug channel, String secret, String address);

  /// Whom a channel is for.
  enum Audience {
    /// Tokens are not even looked at.
    EVERYBODY,
    TOKEN_HOLDERS,
    /// It is not known, or not yet: there is nothing to watch.
    NOBODY
  }

  /// What a token opens.
  enum Verdict {
    MAY_WATCH,
    /// It is unknown, over, or of another channel.
    NOT_ALLOWED,
    /// It is not known, and not looked up: too many wrong ones came from the same address.
    TOO_MANY_WRONG,
    /// It cannot be judged now; the client may ask again.
    UNAVAILABLE
  }
}
