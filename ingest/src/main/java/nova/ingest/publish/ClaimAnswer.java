package nova.ingest.publish;

/// Who gets a channel.
///
/// *Immutable.*
public sealed interface ClaimAnswer {
  /// The publisher, and a stream begins.
  record Granted(ChannelClaim claim) implements ClaimAnswer {}

  /// The publisher, and the channel's stream goes on here: who had it let go, waits for the
  /// broadcaster, or is gone.
  record Continued(ChannelClaim claim, ClaimedStream stream) implements ClaimAnswer {}

  /// Not the publisher: the channel was taken over too often within a minute.
  record TooManyTakeovers() implements ClaimAnswer {}

  /// Not the publisher: while it waited, another one came after it.
  record Superseded() implements ClaimAnswer {}
}
