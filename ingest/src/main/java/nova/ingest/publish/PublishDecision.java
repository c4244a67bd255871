package nova.ingest.publish;

import nova.core.ChannelSlug;

/// Whether someone may publish.
///
/// *Immutable.*
public sealed interface PublishDecision {
  /// The key publishes to this channel.
  record Accepted(ChannelSlug channel) implements PublishDecision {}

  /// The key does not publish.
  ///
  /// @param reason stable kebab-case name for metrics, such as `unknown-key`
  /// @param sentence for the broadcaster; OBS shows it
  record Refused(String reason, String sentence) implements PublishDecision {}
}
