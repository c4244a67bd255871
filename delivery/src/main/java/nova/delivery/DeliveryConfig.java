package nova.delivery;

import java.time.Duration;
import nova.core.Setting;

/// Limits of the delivery stage.
///
/// *Immutable.*
public record DeliveryConfig(
    @Setting(
            value = "How long the first playlist of a starting stream is held for its media.",
            byDefault = "10s")
        Duration startHold,
    @Setting(
            value =
                "Requests held at once for one client address; loopback, where reverse proxies"
                    + " connect from, is not limited.",
            byDefault = "64")
        int heldRequestsPerAddress,
    @Setting(value = "Requests held at once for one stream.", byDefault = "50000")
        int heldRequestsPerStream,
    @Setting(
            value =
                "How long a client may take nothing of a segment before it is cut off; a slow one"
                    + " that takes some is not.",
            byDefault = "30s")
        Duration writeTimeout,
    @Setting(
            value = "Ids of past streams remembered to answer 410 Gone instead of 404.",
            byDefault = "10000")
        int rememberedStreams,
    @Setting(
            value =
                "Viewers counted at once by one server; those beyond watch all the same and are not"
                    + " counted.",
            byDefault = "200000")
        int viewerSessions) {
  public DeliveryConfig {
    requirePositive("start-hold", startHold);
    requirePositive("write-timeout", writeTimeout);
    requirePositive("held-requests-per-address", heldRequestsPerAddress);
    requirePositive("held-requests-per-stream", heldRequestsPerStream);
    requirePositive("remembered-streams", rememberedStreams);
    requirePositive("viewer-sessions", viewerSessions);
  }

  public static DeliveryConfig defaults() {
    return new DeliveryConfig(
        Duration.ofSeconds(10), 64, 50_000, Duration.ofSeconds(30), 10_000, 200_000);
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException("%s %s (expected: > 0)".formatted(key, value));
    }
  }

  private static void requirePositive(String key, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s %d (expected: > 0)".formatted(key, value));
    }
  }
}
