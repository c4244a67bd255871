package nova.ingest.connection;

import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import nova.core.NanoClock;

/// What arrives on a connection, when, and what of it the peer knows that we have.
///
/// Acknowledgements are sent by our own window when the peer named none: some encoders stall
/// without them.
///
/// Spec: RTMP 1.0 §5.4.3. *Confined to its connection's thread.*
final class Traffic {
  /// Bytes between acknowledgements unless the peer says otherwise.
  static final int WINDOW = 2_500_000;

  private final InstantSource clock;
  private final NanoClock nanoClock;
  private long received;
  private long acknowledged;
  private long window = WINDOW;
  private long lastBytesNs;
  private long lastMediaNs;
  private Instant arrivedAt;

  Traffic(InstantSource clock, NanoClock nanoClock) {
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.lastBytesNs = nanoClock.nanoTime();
    this.lastMediaNs = lastBytesNs;
    this.arrivedAt = clock.instant();
  }

  /// Bytes arrived just now.
  void arrived(int bytes) {
    received += bytes;
    lastBytesNs = nanoClock.nanoTime();
    arrivedAt = clock.instant();
  }

  /// What arrived last was media.
  void isMedia() {
    lastMediaNs = lastBytesNs;
  }

  /// Silence counts from now on.
  void awaitMedia() {
    lastMediaNs = nanoClock.nanoTime();
  }

  void windowIs(long bytes) {
    window = bytes == 0 ? WINDOW : bytes;
  }

  /// The number to acknowledge, modulo 2^32, when it is time to.
  OptionalLong takeAcknowledgement() {
    if (received - acknowledged < window) {
      return OptionalLong.empty();
    }
    acknowledged = received;
    return OptionalLong.of(received & 0xffff_ffffL);
  }

  long receivedBytes() {
    return received;
  }

  /// When the latest bytes arrived.
  Instant arrivedAt() {
    return arrivedAt;
  }

  long bytesSilenceNs() {
    return nanoClock.nanoTime() - lastBytesNs;
  }

  long mediaSilenceNs() {
    return nanoClock.nanoTime() - lastMediaNs;
  }
}
