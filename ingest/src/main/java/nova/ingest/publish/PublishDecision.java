package nova.ingest.publish;

import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// Whether someone may publish.
///
/// *Immutable.*
public sealed interface PublishDecision {
  /// The key publishes to this channel.
  ///
  /// @param key which one it is; absent for one that no database knows
  /// @param prepared id for the channel's next stream, when one waits for its broadcaster
  record Accepted(ChannelSlug channel, Optional<StreamKeyId> key, Optional<StreamId> prepared)
      implements PublishDecision {
    /// By a key without an id, to a channel for which nothing was prepared.
    public Accepted(ChannelSlug channel) {
      this(channel, Optional.empty(), Optional.empty());
    }
  }

  /// The key does not publish. This counts as a failure of the publisher's address.
  ///
  /// @param reason stable kebab-case name for metrics, such as `unknown-key`
  /// @param sentence for the broadcaster; OBS shows it
  record Refused(String reason, String sentence) implements PublishDecision {}

  /// The key cannot be judged now, which is not the publisher's fault.
  ///
  /// @param reason stable kebab-case name for metrics, such as `database-away`
  /// @param sentence for the broadcaster; OBS shows it
  record Unavailable(String reason, String sentence) implements PublishDecision {}
}
