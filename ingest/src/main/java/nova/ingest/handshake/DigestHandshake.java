package nova.ingest.handshake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nova.core.Bytes;

/// The handshake with digests that Flash Player 9.0.124 brought. It is in no specification; FFmpeg
/// always sends it and accepts the simple one as answer, other clients may insist.
///
/// A digest is an HMAC-SHA256 over the packet without the digest's own 32 bytes, which sit at a
/// place that four bytes of the packet name: in its first half ([Scheme#EARLY]) or in its second
/// ([Scheme#LATE]).
final class DigestHandshake {
  private static final int DIGEST = 32;
  private static final byte[] SECRET =
      HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");

  private DigestHandshake() {}

  /// Whose keys sign a packet: text alone for C1 and S1, text and a secret that both sides know for
  /// C2 and S2.
  enum Signer {
    CLIENT("Genuine Adobe Flash Player 001"),
    SERVER("Genuine Adobe Flash Media Server 001");

    private final String text;

    Signer(String text) {
      this.text = text;
    }

    private byte[] packetKey() {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] responseKey() {
      byte[] key = packetKey();
      byte[] both = Arrays.copyOf(key, key.length + SECRET.length);
      System.arraycopy(SECRET, 0, both, key.length, SECRET.length);
      return both;
    }
  }

  /// Where the digest's place is written and from where it counts.
  enum Scheme {
    EARLY(8, 12),
    LATE(772, 776);

    private static final int PLACES = 728;

    private final int pointer;
    private final int base;

    Scheme(int pointer, int base) {
      this.pointer = pointer;
      this.base = base;
    }

    int digestOffset(byte[] packet) {
      int sum = 0;
      for (int i = 0; i < 4; i++) {
        sum += packet[pointer + i] & 0xff;
      }
      return sum % PLACES + base;
    }
  }

  /// A digest that was found in a packet.
  record Found(Scheme scheme, Bytes digest) {}

  /// The digest of a C1 or S1 written by `signer`; empty when the packet is a simple one.
  static Optional<Found> find(byte[] packet, Signer signer) {
    if (ByteBuffer.wrap(packet).getInt(4) == 0) {
      return Optional.empty();
    }
    for (Scheme scheme : Scheme.values()) {
      int at = scheme.digestOffset(packet);
      byte[] claimed = Arrays.copyOfRange(packet, at, at + DIGEST);
      if (MessageDigest.isEqual(claimed, digestOf(packet, at, signer))) {
        return Optional.of(new Found(scheme, Bytes.wrap(claimed)));
      }
    }
    return Optional.empty();
  }

  /// C1 or S1 with its digest. `version` fills bytes 4 to 7 and must not be 0.
  static byte[] first(Scheme scheme, int version, Signer signer, RandomGenerator random) {
    byte[] packet = SimpleHandshake.first(random);
    ByteBuffer.wrap(packet).putInt(4, version);
    int at = scheme.digestOffset(packet);
    System.arraycopy(digestOf(packet, at, signer), 0, packet, at, DIGEST);
    return packet;
  }

  /// C2 or S2: random bytes signed with a key that only a reader of the peer's digest can make.
  static byte[] second(Found peers, Signer signer, RandomGenerator random) {
    byte[] packet = new byte[SimpleHandshake.PACKET];
    random.nextBytes(packet);
    sign(packet, peers, signer);
    return packet;
  }

  /// Whether `packet` is the C2 or S2 that `signer` makes for the digest `own`.
  static boolean isSecondFor(Found own, byte[] packet, Signer signer) {
    byte[] signed = packet.clone();
    sign(signed, own, signer);
    return MessageDigest.isEqual(packet, signed);
  }

  private static void sign(byte[] packet, Found peers, Signer signer) {
    byte[] key = hmac(signer.responseKey(), peers.digest().toByteArray());
    byte[] body = Arrays.copyOf(packet, SimpleHandshake.PACKET - DIGEST);
    System.arraycopy(hmac(key, body), 0, packet, body.length, DIGEST);
  }

  private static byte[] digestOf(byte[] packet, int digestOffset, Signer signer) {
    byte[] rest = new byte[SimpleHandshake.PACKET - DIGEST];
    System.arraycopy(packet, 0, rest, 0, digestOffset);
    System.arraycopy(packet, digestOffset + DIGEST, rest, digestOffset, rest.length - digestOffset);
    return hmac(signer.packetKey(), rest);
  }

  private static byte[] hmac(byte[] key, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks HmacSHA256, which every Java must have", e);
    }
  }
}
