package nova.control.streamkey;

import java.util.Optional;
import java.util.function.Supplier;
import nova.core.Bytes;

/// Port: keys that were looked up, so that publishers need no database. Entries last for a day at
/// most; keys that do not exist are not kept.
///
/// *Thread-safe.*
public interface StreamKeyCache {
  /// The key of a secret, from here or else from `load`, which may block and throw; what it throws
  /// comes out, and nothing is kept.
  Optional<KnownKey> find(Bytes sha256, Supplier<Optional<KnownKey>> load);

  /// Forgets a key, also one whose loading began before: when this returns, no later [#find]
  /// answers what was loaded before it was called. Idempotent.
  void forget(Bytes sha256);
}
