package nova.control.playback;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import nova.control.channel.Channel;
import nova.control.channel.ChannelDirectory;
import nova.control.channel.PlaybackPolicy;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.Tokens;
import nova.core.ChannelSlug;
import nova.core.NanoClock;

/// Who may watch which channel. Nobody who asks waits: what is known is answered from memory, and
/// what is not when the database has been asked elsewhere.
///
/// *Thread-safe.*
public final class PlaybackRights {
  private final ChannelDirectory channels;
  private final ConfirmedTokens tokens;
  private final InstantSource clock;

  private PlaybackRights(ChannelDirectory channels, ConfirmedTokens tokens, InstantSource clock) {
    this.channels = channels;
    this.tokens = tokens;
    this.clock = clock;
  }

  /// Rights that hear of every token that is taken back here.
  ///
  /// @param channels refreshed by somebody else
  /// @param wrongTokensPerMinute of an address, beyond which those of its tokens that are not known
  ///   are not looked up
  /// @param blocking runs what waits for the database, on threads that may wait
  public static PlaybackRights open(
      ChannelDirectory channels,
      Tokens tokens,
      int wrongTokensPerMinute,
      InstantSource clock,
      NanoClock nanoClock,
      Executor blocking) {
    ConfirmedTokens confirmed =
        new ConfirmedTokens(
            tokens::ofSecret,
            new WrongTokens(wrongTokensPerMinute, nanoClock),
            nanoClock,
            blocking);
    tokens.onRevocation(confirmed::forget);
    return new PlaybackRights(channels, confirmed, clock);
  }

  /// Whom a channel is for, as last seen; empty when there is no such channel.
  public Optional<PlaybackPolicy> policyOf(ChannelSlug channel) {
    return channels.find(channel).map(Channel::playback);
  }

  /// Whether a token lets its holder watch a channel.
  ///
  /// A token that was taken back here is refused at once, one that was taken back by another server
  /// within 10 s. While the database is away, tokens that were known go on.
  ///
  /// @param address of the socket it came from, as text
  /// @return completed, unless the database has to be asked; fails with [DatabaseAwayException],
  ///   [TooManyWrongTokensException] or [TooManyLookupsException] when that cannot be
  public CompletionStage<Boolean> mayWatch(ChannelSlug channel, String secret, String address) {
    return tokenOf(secret, address)
        .thenApply(found -> found.map(token -> token.allows(Scope.VIEWER, channel)).orElse(false));
  }

  /// The token of a secret, when it opens anything now; known as long as [#mayWatch] knows it.
  ///
  /// @param address of the socket it came from, as text
  /// @return completed, unless the database has to be asked; fails with [DatabaseAwayException],
  ///   [TooManyWrongTokensException] or [TooManyLookupsException] when that cannot be
  public CompletionStage<Optional<Token>> tokenOf(String secret, String address) {
    return Tokens.mayBe(secret)
        ? tokens
            .find(secret, address)
            .thenApply(found -> found.filter(token -> token.isValidAt(clock.instant())))
        : CompletableFuture.completedStage(Optional.empty());
  }
}
