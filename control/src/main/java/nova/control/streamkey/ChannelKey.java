package nova.control.streamkey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.channel.ChannelId;
import nova.control.error.InvalidFieldException;
import nova.control.error.TextLimits;
import nova.control.error.TimeLimits;
import nova.core.Bytes;
import nova.core.StreamKeyId;

/// A stream key as it is kept: everything but its secret.
///
/// *Immutable.*
///
/// @param sha256 of the secret, 32 bytes
/// @param label of the operator; may be empty
/// @param allowedNetworks CIDR blocks that may publish with it; none for all
/// @param expiresAt when it stops to open the channel
/// @param revokedAt when it was taken back
public record ChannelKey(
    StreamKeyId id,
    ChannelId channel,
    Bytes sha256,
    String label,
    List<String> allowedNetworks,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt,
    Optional<KeyUse> lastUse) {
  /// No label is longer, in characters.
  public static final int MAX_LABEL = 200;

  /// No key has more.
  public static final int MAX_NETWORKS = 32;

  private static final int SHA256_BYTES = 32;

  public ChannelKey {
    allowedNetworks = List.copyOf(allowedNetworks);
    if (sha256.length() != SHA256_BYTES) {
      throw new IllegalArgumentException(
          "hash of %d bytes (expected: %d)".formatted(sha256.length(), SHA256_BYTES));
    }
    TextLimits.require("label", label, MAX_LABEL);
    if (allowedNetworks.size() > MAX_NETWORKS) {
      throw new InvalidFieldException(
          "allowedNetworks",
          "%d networks are too many (expected: at most %d)."
              .formatted(allowedNetworks.size(), MAX_NETWORKS));
    }
    allowedNetworks.forEach(network -> Network.parse(network));
    TimeLimits.requireToCome("expiresAt", expiresAt, createdAt);
  }

  /// A new key.
  public static ChannelKey create(ChannelId channel, Bytes sha256, KeyTerms terms, Instant now) {
    return new ChannelKey(
        StreamKeyId.random(),
        channel,
        sha256,
        terms.label(),
        terms.allowedNetworks(),
        now,
        terms.expiresAt(),
        Optional.empty(),
        Optional.empty());
  }

  /// Whether it opens its channel, wherever the publisher is.
  public boolean isValidAt(Instant now) {
    return revokedAt.isEmpty() && expiresAt.map(now::isBefore).orElse(true);
  }

  /// Whether a publisher with this address, written as numbers, may use it.
  public boolean isFor(String address) {
    return allowedNetworks.isEmpty()
        || allowedNetworks.stream().anyMatch(block -> Network.parse(block).contains(address));
  }
}
