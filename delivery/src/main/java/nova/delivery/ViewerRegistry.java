package nova.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nova.core.Bytes;
import nova.core.StreamId;

/// Port: who watches what, at all servers together.
///
/// *Thread-safe.*
public interface ViewerRegistry {
  /// How long a viewer counts after it was said to be seen.
  Duration KEPT = Duration.ofSeconds(20);

  /// Bytes of a salt.
  int SALT_BYTES = 32;

  /// These watch now. Idempotent; of two calls the later one counts. Called each second, also when
  /// there is nobody, by a thread that may take milliseconds; does not wait for another server.
  ///
  /// @param viewers by stream; a stream without any is looked at for who left
  /// @param changes is told of who came among them, and of who left any of these streams, at least,
  ///   soon and on any thread. Of all servers one is told of a change, if it can be known.
  void seen(Map<StreamId, List<ViewerId>> viewers, Consumer<ViewerChange> changes);

  /// The secret of the day (UTC), with which viewers are hashed. It is random, the same at all
  /// servers that can ask each other, and another one the next day. Returns at once.
  Bytes salt();
}
