package nova.api.streamkey;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import nova.api.http.Times;
import nova.control.streamkey.ChannelKey;
import nova.control.streamkey.KeyUse;
import nova.core.ChannelSlug;
import org.jspecify.annotations.Nullable;

/// The JSON of a stream key. What there is not is left out.
///
/// *Immutable.*
///
/// @param state active, expired or revoked
/// @param secret only in the answer that made the key
/// @param replaces the key that was rotated, only in the answer that made this one
@JsonInclude(JsonInclude.Include.NON_NULL)
record StreamKeyView(
    String id,
    String channel,
    String label,
    List<String> allowedNetworks,
    String state,
    String createdAt,
    @Nullable String expiresAt,
    @Nullable String revokedAt,
    @Nullable String lastUsedAt,
    @Nullable String lastUsedFrom,
    @Nullable String secret,
    @Nullable String replaces) {
  StreamKeyView {
    allowedNetworks = List.copyOf(allowedNetworks);
  }

  static StreamKeyView of(ChannelKey key, ChannelSlug channel, Instant now) {
    return new StreamKeyView(
        key.id().toString(),
        channel.value(),
        key.label(),
        key.allowedNetworks(),
        state(key, now),
        Times.text(key.createdAt()),
        Times.textOrNull(key.expiresAt()),
        Times.textOrNull(key.revokedAt()),
        Times.textOrNull(key.lastUse().map(KeyUse::at)),
        key.lastUse().map(KeyUse::address).orElse(null),
        null,
        null);
  }

  /// The same when it was just made.
  StreamKeyView with(String told, @Nullable String rotated) {
    return new StreamKeyView(
        id,
        channel,
        label,
        allowedNetworks,
        state,
        createdAt,
        expiresAt,
        revokedAt,
        lastUsedAt,
        lastUsedFrom,
        told,
        rotated);
  }

  private static String state(ChannelKey key, Instant now) {
    if (key.revokedAt().isPresent()) {
      return "revoked";
    }
    return key.isValidAt(now) ? "active" : "expired";
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "StreamKeyView[%s of %s]".formatted(id, channel);
  }
}
