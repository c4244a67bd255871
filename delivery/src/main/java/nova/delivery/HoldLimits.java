package nova.delivery;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// Counts held requests by address and by stream, over all event loops.
///
/// *Thread-safe.*
final class HoldLimits {
  private final int perAddress;
  private final int perStream;
  private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final ConcurrentMap<StreamId, Integer> byStream = new ConcurrentHashMap<>();

  HoldLimits(int perAddress, int perStream) {
    this.perAddress = perAddress;
    this.perStream = perStream;
  }

  /// Takes a place, or says why not. Loopback is not limited: who connects from there is a reverse
  /// proxy that speaks for many.
  @Nullable Refusal tryAcquire(String address, StreamId stream) {
    if (!increment(byStream, stream, perStream)) {
      return Refusal.TOO_MANY_HELD_FOR_STREAM;
    }
    if (!isLoopback(address) && !increment(byAddress, address, perAddress)) {
      decrement(byStream, stream);
      return Refusal.TOO_MANY_HELD_BY_ADDRESS;
    }
    return null;
  }

  /// Gives a place back.
  void release(String address, StreamId stream) {
    decrement(byStream, stream);
    if (!isLoopback(address)) {
      decrement(byAddress, address);
    }
  }

  /// Addresses and streams with a count; 0 when nothing is held.
  int size() {
    return byAddress.size() + byStream.size();
  }

  private static <K> boolean increment(ConcurrentMap<K, Integer> counts, K key, int limit) {
    boolean[] admitted = {false};
    counts.compute(
        key,
        (_, count) -> {
          int now = count == null ? 0 : count;
          admitted[0] = now < limit;
          return admitted[0] ? now + 1 : count;
        });
    return admitted[0];
  }

  private static <K> void decrement(ConcurrentMap<K, Integer> counts, K key) {
    counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1");
  }
}
