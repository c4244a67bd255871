package nova.control.streamkey;

import nova.core.StreamKeyId;

/// Port: what is on air with a key.
///
/// *Thread-safe.*
@FunctionalInterface
public interface LiveKeys {
  /// Ends what is published with a key now, and tells its encoder why. Returns when that was asked
  /// for, not when it has happened.
  void drop(StreamKeyId key, String reason);
}
