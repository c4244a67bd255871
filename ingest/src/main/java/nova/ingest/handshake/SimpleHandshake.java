package nova.ingest.handshake;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// The handshake of the text: version, and 1536 bytes each way that the peer sends back.
///
/// ```
/// C0, S0 | version (8) |
/// C1, S1 | time (32) | zero (32) | random (1528 bytes) |
/// C2, S2 | time (32) | time2 (32) | random of the peer (1528 bytes) |
/// ```
///
/// Spec: RTMP 1.0 §5.2
final class SimpleHandshake {
  /// Bytes of C1, S1, C2 and S2.
  static final int PACKET = 1_536;

  /// The only version in use.
  static final byte VERSION = 3;

  private SimpleHandshake() {}

  /// C1 or S1: time 0, zero, random.
  static byte[] first(RandomGenerator random) {
    byte[] packet = new byte[PACKET];
    random.nextBytes(packet);
    ByteBuffer.wrap(packet).putLong(0);
    return packet;
  }

  /// C2 or S2: the peer's packet back. time2 stays what the peer wrote, which every client takes.
  static byte[] second(byte[] peersFirst) {
    return peersFirst.clone();
  }
}
