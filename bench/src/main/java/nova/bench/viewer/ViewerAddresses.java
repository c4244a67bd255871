package nova.bench.viewer;

import java.io.IOException;
import java.net.InetAddress;

/// Addresses of loopback, one for each viewer, so that a server sees as many clients as there are.
public final class ViewerAddresses {
  private ViewerAddresses() {}

  /// 127.1.0.0 and following.
  public static InetAddress of(int viewer) throws IOException {
    return InetAddress.getByAddress(
        new byte[] {127, (byte) (1 + (viewer >> 16)), (byte) (viewer >> 8), (byte) viewer});
  }
}
