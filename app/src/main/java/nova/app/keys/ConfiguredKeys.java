package nova.app.keys;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nova.app.error.StartupException;
import nova.control.secret.Secrets;
import nova.control.streamkey.StreamSecret;
import nova.core.Bytes;
import nova.core.ChannelSlug;

/// Keys of the command line and the configuration, each for one channel; only their hashes are
/// held. They work beside those of the database.
///
/// *Immutable.*
public final class ConfiguredKeys {
  /// One key: the channel it opens and the SHA-256 of the secret.
  private record HashedKey(ChannelSlug channel, Bytes sha256) {}

  private final List<HashedKey> keys;

  private ConfiguredKeys(List<HashedKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /// No key at all.
  public static ConfiguredKeys none() {
    return new ConfiguredKeys(List.of());
  }

  /// Reads `CHANNEL=SECRET` as options and configuration spell it.
  ///
  /// @throws StartupException that never repeats the secret
  public static ConfiguredKeys parse(List<String> pairs) {
    ConfiguredKeys keys = none();
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
  public ConfiguredKeys with(ChannelSlug channel, StreamSecret secret) {
    Optional<ChannelSlug> other = channelOf(secret.value());
    if (other.isPresent() && !other.get().equals(channel)) {
      throw new StartupException(
          "channels %s and %s have the same stream key (expected: each channel has its own)"
              .formatted(other.get(), channel));
    }
    List<HashedKey> all = new ArrayList<>(keys);
    all.add(new HashedKey(channel, secret.sha256()));
    return new ConfiguredKeys(all);
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// The channel that `secret` opens. Takes the same time whether and wherever it matches.
  public Optional<ChannelSlug> channelOf(String secret) {
    byte[] asked = Secrets.sha256(secret).toByteArray();
    Optional<ChannelSlug> found = Optional.empty();
    for (HashedKey key : keys) {
      if (MessageDigest.isEqual(asked, key.sha256().toByteArray())) {
        found = Optional.of(key.channel());
      }
    }
    return found;
  }

  /// The channels that are to be there for these keys.
  public Set<ChannelSlug> channels() {
    return keys.stream().map(HashedKey::channel).collect(Collectors.toUnmodifiableSet());
  }
}
