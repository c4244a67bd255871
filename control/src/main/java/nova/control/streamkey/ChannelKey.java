package nova.control.streamkey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.control.channel.ChannelId;
import nova.core.Bytes;

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
    int length = label.codePointCount(0, label.length());
    if (length > MAX_LABEL || label.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "label of %d characters (expected: at most %d, none of them NUL)"
              .formatted(length, MAX_LABEL));
    }
    if (allowedNetworks.size() > MAX_NETWORKS) {
      throw new IllegalArgumentException(
          "%d allowed networks (expected: 0..%d)".formatted(allowedNetworks.size(), MAX_NETWORKS));
    }
  }

  /// A new key without an expiry, for publishers everywhere.
  public static ChannelKey create(ChannelId channel, Bytes sha256, String label, Instant now) {
    return new ChannelKey(
        StreamKeyId.random(),
        channel,
        sha256,
        label,
        List.of(),
        now,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// The same for some networks only.
  public ChannelKey within(List<String> networks) {
    return new ChannelKey(
        id, channel, sha256, label, networks, createdAt, expiresAt, revokedAt, lastUse);
  }

  /// Whether it opens its channel, wherever the publisher is.
  public boolean isValidAt(Instant now) {
    return revokedAt.isEmpty() && expiresAt.map(now::isBefore).orElse(true);
  }
}
