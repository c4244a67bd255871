package nova.app.keys;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.app.error.StartupException;
import nova.core.Bytes;
import nova.core.ChannelSlug;

/// The keys that may publish, each for one channel; only their hashes are held.
///
/// *Immutable.*
public final class StreamKeys {
  /// One key: the channel it opens and the SHA-256 of the secret.
  record HashedKey(ChannelSlug channel, Bytes sha256) {}

  private final List<HashedKey> keys;

  StreamKeys(List<HashedKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /// No key at all.
  public static StreamKeys none() {
    return new StreamKeys(List.of());
  }

  /// Reads `CHANNEL=SECRET` as options and configuration spell it.
  ///
  /// @throws StartupException that never repeats the secret
  public static StreamKeys parse(List<String> pairs) {
    StreamKeys keys = none();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new StartupException(
            "a stream key has no '=' (expected: CHANNEL=SECRET, such as live=a-long-secret)");
      }
      try {
        ChannelSlug channel = new ChannelSlug(pair.substring(0, equals));
        keys = keys.with(channel, new StreamSecret(pair.substring(equals + 1)));
      } catch (IllegalArgumentException e) {
        throw new StartupException("stream key: " + e.getMessage(), e);
      }
    }
    return keys;
  }

  /// These keys and one more.
  ///
  /// @throws StartupException when the secret already opens another channel
  public StreamKeys with(ChannelSlug channel, StreamSecret secret) {
    Optional<ChannelSlug> other = channelOf(secret.value());
    if (other.isPresent() && !other.get().equals(channel)) {
      throw new StartupException(
          "channels %s and %s have the same stream key (expected: each channel has its own)"
              .formatted(other.get(), channel));
    }
    return plus(new StreamKeys(List.of(new HashedKey(channel, secret.sha256()))));
  }

  /// These keys and others.
  public StreamKeys plus(StreamKeys others) {
    List<HashedKey> all = new ArrayList<>(keys);
    all.addAll(others.keys);
    return new StreamKeys(all);
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// The channel that `secret` opens. Takes the same time whether and wherever it matches.
  public Optional<ChannelSlug> channelOf(String secret) {
    byte[] asked = StreamSecret.sha256(secret).toByteArray();
    Optional<ChannelSlug> found = Optional.empty();
    for (HashedKey key : keys) {
      if (MessageDigest.isEqual(asked, key.sha256().toByteArray())) {
        found = Optional.of(key.channel());
      }
    }
    return found;
  }

  List<HashedKey> hashed() {
    return keys;
  }
}
