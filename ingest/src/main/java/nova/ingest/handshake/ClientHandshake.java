package nova.ingest.handshake;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.media.MalformedMediaException;

/// The client's side of the simple handshake, resumable: send [#begin], feed what arrives to
/// [#read], and send what it returns. Bytes after S2 are left in the buffer.
///
/// Spec: RTMP 1.0 §5.2. *Confined to its connection's thread.*
public final class ClientHandshake {
  private final byte[] own;
  private final byte[] packet = new byte[SimpleHandshake.PACKET];
  private int gathered = -1; // S0 comes first
  private boolean answered;
  private boolean done;

  public ClientHandshake(RandomGenerator random) {
    this.own = SimpleHandshake.first(random);
  }

  /// C0 and C1.
  public Bytes begin() {
    ByteBuffer out = ByteBuffer.allocate(1 + own.length);
    return Bytes.wrap(out.put(SimpleHandshake.VERSION).put(own).flip());
  }

  /// Consumes bytes up to the end of S2 at most and returns C2 once S1 is complete.
  ///
  /// @throws MalformedMediaException when the server does not speak RTMP
  public Optional<Bytes> read(ByteBuffer in) {
    Optional<Bytes> answer = Optional.empty();
    while (in.hasRemaining() && !done) {
      if (gathered < 0) {
        byte version = in.get();
        if (version != SimpleHandshake.VERSION) {
          throw new MalformedMediaException(
              "bad-handshake",
              "the server's first byte is 0x%02x (expected: 0x03, RTMP)".formatted(version));
        }
        gathered = 0;
        continue;
      }
      int count = Math.min(packet.length - gathered, in.remaining());
      in.get(packet, gathered, count);
      gathered += count;
      if (gathered == packet.length) {
        gathered = 0;
        if (answered) {
          done = true;
        } else {
          answered = true;
          answer = Optional.of(Bytes.wrap(SimpleHandshake.second(packet)));
        }
      }
    }
    return answer;
  }

  /// Whether S2 is complete: chunks may follow in both directions.
  public boolean isDone() {
    return done;
  }
}
