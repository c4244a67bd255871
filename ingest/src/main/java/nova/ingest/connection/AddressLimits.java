package nova.ingest.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.ingest.chunk.RtmpLimits;

/// Counts connections and refused publish attempts per address, and connections of the server. An
/// IPv6 network of 64 bits counts as one address, for that is what one customer gets.
///
/// *Thread-safe.*
public final class AddressLimits {
  private static final long MINUTE_NS = 60_000_000_000L;
  private static final int ADDRESSES_REMEMBERED = 10_000;
  // So many more may shake hands, only to be told in words that they are too many.
  private static final int TOLD_IN_WORDS = 5;

  private final RtmpLimits limits;
  private final NanoClock clock;
  private final Map<Bytes, Integer> open = new HashMap<>();
  private final Map<Bytes, Failures> failures = new HashMap<>();
  private int connections;

  public AddressLimits(RtmpLimits limits, NanoClock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /// What happens to a new connection.
  public enum Admission {
    ADMITTED,
    /// Refuse it at connect, with a sentence.
    TOO_MANY_FROM_ADDRESS,
    /// Close it at once; it is not counted.
    TURNED_AWAY
  }

  private static final class Failures {
    long windowStartNs;
    int count;
  }

  /// Counts a new connection unless it is turned away.
  public synchronized Admission enter(InetAddress address) {
    Bytes key = keyOf(address);
    int fromAddress = open.getOrDefault(key, 0);
    if (connections >= limits.connections()
        || fromAddress >= limits.connectionsPerAddress() + TOLD_IN_WORDS) {
      return Admission.TURNED_AWAY;
    }
    connections++;
    open.put(key, fromAddress + 1);
    return fromAddress >= limits.connectionsPerAddress()
        ? Admission.TOO_MANY_FROM_ADDRESS
        : Admission.ADMITTED;
  }

  /// A connection that was counted is gone.
  public synchronized void leave(InetAddress address) {
    connections--;
    open.computeIfPresent(keyOf(address), (_, count) -> count == 1 ? null : count - 1);
  }

  /// Whether another publish attempt may be tried. Those under way do not count yet, or many
  /// encoders that come back at once would refuse each other; so an address may exceed the limit by
  /// as many attempts as it has connections.
  public synchronized boolean mayTry(InetAddress address) {
    Failures past = failures.get(keyOf(address));
    return past == null
        || clock.nanoTime() - past.windowStartNs >= MINUTE_NS
        || past.count < limits.publishFailuresPerMinute();
  }

  /// A publish attempt was refused.
  public synchronized void failed(InetAddress address) {
    long now = clock.nanoTime();
    if (failures.size() >= ADDRESSES_REMEMBERED) {
      failures.values().removeIf(past -> now - past.windowStartNs >= MINUTE_NS);
      if (failures.size() >= ADDRESSES_REMEMBERED) {
        failures.clear(); // so many attackers at once that counting each is of no use
      }
    }
    Failures past = failures.computeIfAbsent(keyOf(address), _ -> new Failures());
    if (past.count == 0 || now - past.windowStartNs >= MINUTE_NS) {
      past.windowStartNs = now;
      past.count = 0;
    }
    past.count++;
  }

  private static Bytes keyOf(InetAddress address) {
    byte[] bytes = address.getAddress();
    return Bytes.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }
}
