package nova.control.channel;

import org.jdbi.v3.core.Handle;

/// Port: who keeps something of channels elsewhere than in the database.
///
/// *Thread-safe.*
@FunctionalInterface
public interface ChannelDeletion {
  /// A channel is about to be removed in this transaction.
  ///
  /// @return what is to be done when it has been, or may have been
  Runnable deleting(Handle handle, ChannelId channel);

  /// This, and somebody else.
  default ChannelDeletion and(ChannelDeletion other) {
    return (handle, channel) -> {
      Runnable first = deleting(handle, channel);
      Runnable second = other.deleting(handle, channel);
      return () -> {
        first.run();
        second.run();
      };
    };
  }
}
