package nova.control.streamkey;

import java.util.Optional;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// Whether a secret lets somebody publish.
///
/// *Immutable.*
public sealed interface KeyCheck {
  /// It does.
  ///
  /// @param prepared the stream that the broadcast is to be, if one was prepared
  record Accepted(StreamKeyId key, ChannelSlug channel, Optional<StreamId> prepared)
      implements KeyCheck {}

  /// It does not.
  ///
  /// @param reason stable kebab-case name
  /// @param sentence for the broadcaster
  record Refused(String reason, String sentence) implements KeyCheck {}
}
