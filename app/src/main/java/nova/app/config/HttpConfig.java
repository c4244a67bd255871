package nova.app.config;

import java.time.Duration;
import nova.core.DataSize;
import nova.core.Setting;

/// The HTTP server that viewers, pages and metrics share.
///
/// *Immutable.*
public record HttpConfig(
    @Setting(value = "Address to listen on; 0.0.0.0 means all interfaces.", byDefault = "0.0.0.0")
        String bind,
    @Setting(
            value = "Port for HTTP/1.1 and HTTP/2 without TLS; 0 takes a free one.",
            byDefault = "8080")
        int port,
    @Setting(
            value =
                "Port for HTTPS with HTTP/1.1 and HTTP/2; 0 takes a free one, -1 means no HTTPS.",
            byDefault = "-1")
        int httpsPort,
    @Setting("PEM file with the certificate chain for HTTPS.") String tlsCert,
    @Setting("PEM file with the private key (PKCS #8) of the certificate.") String tlsKey,
    @Setting(value = "How many event loops serve HTTP; 0 means one per processor.", byDefault = "0")
        int eventLoops,
    @Setting(value = "Largest header of a request.", byDefault = "8KiB") DataSize maxHeader,
    @Setting(value = "Largest body of a request.", byDefault = "1MiB") DataSize maxBody,
    @Setting(value = "Time a new connection has to send its first whole header.", byDefault = "10s")
        Duration headerTimeout,
    @Setting(
            value =
                "Time after which a connection is closed that has no request in progress and takes"
                    + " no more of its last answer.",
            byDefault = "75s")
        Duration idleTimeout,
    @Setting(
            value =
                "How long a server that stops still takes connections, for load balancers that ask"
                    + " /health/ready to notice; answers then close their connections.",
            byDefault = "0s")
        Duration drainDelay,
    @Setting(
            value = "How long answers on their way are finished by a server that stops.",
            byDefault = "5s")
        Duration drainTimeout) {

  private static final int MAX_HEADER_BYTES = 1 << 20;

  public HttpConfig {
    if (bind.isEmpty()) {
      throw new IllegalArgumentException("bind is empty (expected: an address such as 0.0.0.0)");
    }
    requirePort("port", port, 0);
    requirePort("https-port", httpsPort, -1);
    if (eventLoops < 0 || eventLoops > 256) {
      throw new IllegalArgumentException(
          "event-loops %d (expected: 0 to 256)".formatted(eventLoops));
    }
    if (maxHeader.bytes() < 256 || maxHeader.bytes() > MAX_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "max-header %s (expected: 256B to 1MiB)".formatted(maxHeader));
    }
    requirePositive("header-timeout", headerTimeout);
    requirePositive("idle-timeout", idleTimeout);
    if (drainDelay.isNegative() || drainDelay.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "drain-delay %s (expected: 0s to 1h)".formatted(drainDelay));
    }
    requirePositive("drain-timeout", drainTimeout);
    if (httpsPort >= 0 && (tlsCert.isEmpty() || tlsKey.isEmpty())) {
      throw new IllegalArgumentException(
          "https-port %d needs a certificate (expected: tls-cert and tls-key name PEM files)"
              .formatted(httpsPort));
    }
    if (httpsPort < 0 && !(tlsCert.isEmpty() && tlsKey.isEmpty())) {
      throw new IllegalArgumentException(
          "tls-cert or tls-key is set and nothing uses it (expected: https-port as well)");
    }
  }

  /// Port 8080 without TLS and the limits of the table in docs/configuration.md.
  public static HttpConfig defaults() {
    return new HttpConfig(
        "0.0.0.0",
        8080,
        -1,
        "",
        "",
        0,
        DataSize.ofKiB(8),
        DataSize.ofMiB(1),
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ZERO,
        Duration.ofSeconds(5));
  }

  /// How long it may take until viewers have their last answers.
  public Duration longestDrain() {
    return drainDelay.plus(drainTimeout);
  }

  private static void requirePort(String key, int port, int lowest) {
    if (port < lowest || port > 65_535) {
      throw new IllegalArgumentException(
          "%s %d (expected: %d to 65535)".formatted(key, port, lowest));
    }
  }

  private static void requirePositive(String key, Duration duration) {
    if (duration.isZero() || duration.compareTo(Duration.ofHours(24)) > 0) {
      throw new IllegalArgumentException(
          "%s %s (expected: more than 0 and at most 24h)".formatted(key, duration));
    }
  }
}
