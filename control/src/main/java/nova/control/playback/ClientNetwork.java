package nova.control.playback;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// Names under which clients are counted.
public final class ClientNetwork {
  private static final int IPV6_NETWORK_BYTES = 8; // a household has as many addresses below it

  private ClientNetwork() {}

  /// The network of an address of a socket: an IPv4 address, or the household of an IPv6 one.
  public static String of(String address) {
    InetAddress parsed;
    try {
      parsed = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException _) {
      return address; // a socket that has no such address, as one of the file system
    }
    return parsed instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), IPV6_NETWORK_BYTES))
        : parsed.getHostAddress();
  }
}
