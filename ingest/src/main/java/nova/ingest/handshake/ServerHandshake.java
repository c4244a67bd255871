package nova.ingest.handshake;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.ingest.handshake.DigestHandshake.Found;
import nova.ingest.handshake.DigestHandshake.Signer;

/// The server's side of the handshake, resumable: bytes may arrive cut anywhere, and what follows
/// C2 is left in the buffer.
///
/// S0, S1 and S2 are answered in one go as soon as C1 is complete. C2 is read and not compared:
/// GStreamer writes a time into it where others copy ours.
///
/// Spec: RTMP 1.0 §5.2. *Confined to its connection's thread.*
public final class ServerHandshake {
  private static final int SERVER_VERSION = 0x04050001; // any that is not 0 announces a digest
  private static final byte TLS_HANDSHAKE_RECORD = 0x16;

  /// Who is speaking, as far as the bytes so far tell.
  public enum Verdict {
    /// More bytes are needed.
    INCOMPLETE,
    /// The handshake is over; chunks follow.
    DONE,
    /// The peer speaks HTTP or another text protocol.
    TEXT,
    /// The peer speaks TLS.
    TLS,
    /// The first byte is a version that does not exist.
    UNKNOWN_VERSION
  }

  private final RandomGenerator random;
  private final byte[] packet = new byte[SimpleHandshake.PACKET];
  private int gathered = -1; // C0 comes first
  private byte version;
  private boolean answered;
  private Optional<Bytes> answer = Optional.empty();

  public ServerHandshake(RandomGenerator random) {
    this.random = random;
  }

  /// Consumes bytes up to the end of C2 at most.
  public Verdict read(ByteBuffer in) {
    while (in.hasRemaining()) {
      if (gathered < 0) {
        version = in.get();
        gathered = 0;
        Verdict verdict = judge(version);
        if (verdict != Verdict.INCOMPLETE) {
          return verdict;
        }
        continue;
      }
      int count = Math.min(packet.length - gathered, in.remaining());
      in.get(packet, gathered, count);
      gathered += count;
      if (!answered && version == TLS_HANDSHAKE_RECORD && packet[0] == 3) {
        return Verdict.TLS; // 16 03 01: a ClientHello, and no time of a C1 in use
      }
      if (gathered == packet.length) {
        if (answered) {
          return Verdict.DONE;
        }
        answer = Optional.of(answerTo(packet));
        answered = true;
        gathered = 0;
      }
    }
    return Verdict.INCOMPLETE;
  }

  /// S0, S1 and S2, once, as soon as they are due.
  public Optional<Bytes> takeAnswer() {
    Optional<Bytes> due = answer;
    answer = Optional.empty();
    return due;
  }

  /// §5.2.2: 32 to 255 never were versions, so that text protocols can be told apart. Obsolete and
  /// future versions are answered with ours, as the text asks.
  private static Verdict judge(byte version) {
    if (version < 0) {
      return Verdict.UNKNOWN_VERSION;
    }
    return version >= ' ' ? Verdict.TEXT : Verdict.INCOMPLETE;
  }

  private Bytes answerTo(byte[] c1) {
    ByteBuffer out = ByteBuffer.allocate(1 + 2 * SimpleHandshake.PACKET);
    out.put(SimpleHandshake.VERSION);
    Optional<Found> digest = DigestHandshake.find(c1, Signer.CLIENT);
    if (digest.isPresent()) {
      Found found = digest.get();
      out.put(DigestHandshake.first(found.scheme(), SERVER_VERSION, Signer.SERVER, random));
      out.put(DigestHandshake.second(found, Signer.SERVER, random));
    } else {
      out.put(SimpleHandshake.first(random));
      out.put(SimpleHandshake.second(c1));
    }
    return Bytes.wrap(out.flip());
  }
}
