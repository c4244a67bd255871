package nova.ingest;

import java.time.Duration;
import nova.core.Setting;
import nova.ingest.chunk.RtmpLimits;

/// How the RTMP server listens and how patient it is.
///
/// *Immutable.*
public record RtmpConfig(
    @Setting(value = "Address to listen on.", byDefault = "0.0.0.0") String bind,
    @Setting(value = "TCP port of RTMP; 0 takes any free one.", byDefault = "1935") int port,
    @Setting(
            value = "Event loops that carry connections; 0 means one per processor, at most 4.",
            byDefault = "0")
        int threads,
    @Setting(value = "How long an encoder may take for the handshake.", byDefault = "5s")
        Duration handshakeTimeout,
    @Setting(
            value = "How long an encoder may take from connect to publish, and a key check.",
            byDefault = "10s")
        Duration publishTimeout,
    @Setting(value = "Silence after which a broadcast counts as lost.", byDefault = "10s")
        Duration silenceTimeout,
    @Setting(value = "How long a lost broadcast waits for its encoder.", byDefault = "30s")
        Duration grace,
    @Setting(
            value = "How often per minute the same key may take over from a standing connection.",
            byDefault = "3")
        int takeoversPerMinute,
    @Setting(value = "How long frames of an ended broadcast stay readable.", byDefault = "60s")
        Duration keepLog,
    @Setting("What an encoder may ask for.") RtmpLimits limits) {

  public RtmpConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port %d (expected: 0..65535)".formatted(port));
    }
    if (threads < 0 || threads > 64) {
      throw new IllegalArgumentException("threads %d (expected: 0..64)".formatted(threads));
    }
    if (takeoversPerMinute < 0) {
      throw new IllegalArgumentException(
          "takeovers-per-minute %d (expected: >= 0)".formatted(takeoversPerMinute));
    }
    requirePositive("handshake-timeout", handshakeTimeout);
    requirePositive("publish-timeout", publishTimeout);
    requirePositive("silence-timeout", silenceTimeout);
    requirePositive("grace", grace);
    requirePositive("keep-log", keepLog);
  }

  /// The configuration of a server that was not told otherwise.
  public static RtmpConfig defaults() {
    return new RtmpConfig(
        "0.0.0.0",
        1_935,
        0,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(60),
        RtmpLimits.defaults());
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("%s %s (expected: > 0)".formatted(name, value));
    }
  }
}
