package nova.delivery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nova.core.Bytes;
import nova.core.StreamId;

/// Makes [ViewerId]s: HMAC-SHA-256 with a secret that lives for a day, cut to 64 bits. Without the
/// secret nobody can try out addresses, and once it is gone nobody ever can; so what is kept of
/// viewers tells neither who they are nor what else they watch.
///
/// *Immutable.*
final class ViewerSalt {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAX_USER_AGENT = 512;
  private static final byte IDENTIFIED = 'i';
  private static final byte ESTIMATED = 'e';

  private final Bytes secret;
  private final Mac keyed; // only ever cloned

  ViewerSalt(Bytes secret) {
    this.secret = secret;
    try {
      this.keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(secret.toByteArray(), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  Bytes secret() {
    return secret;
  }

  /// Of a player that gives its session a name.
  ViewerId identified(StreamId stream, String session) {
    return new ViewerId(hash(IDENTIFIED, stream, session, ""), true);
  }

  /// Of any other. Those who share an address and a player are one.
  ViewerId estimated(StreamId stream, String address, String userAgent) {
    String player = userAgent.substring(0, Math.min(userAgent.length(), MAX_USER_AGENT));
    return new ViewerId(hash(ESTIMATED, stream, address, player), false);
  }

  private long hash(byte kind, StreamId stream, String first, String second) {
    Mac mac = copy();
    mac.update(kind);
    mac.update(stream.value().getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0); // nor stream ids nor addresses have one
    mac.update(first.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    mac.update(second.getBytes(StandardCharsets.UTF_8));
    byte[] whole = mac.doFinal();
    long hash = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      hash = hash << 8 | (whole[i] & 0xff);
    }
    return hash;
  }

  private Mac copy() {
    try {
      return (Mac) keyed.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e); // that of the JDK can be
    }
  }
}
