package nova.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.keys.StreamKeyFile;
import nova.app.keys.StreamKeys;
import nova.app.keys.StreamSecret;
import nova.core.ChannelSlug;
import org.jspecify.annotations.Nullable;

/// The keys a server starts with: the configured ones, else those in the data folder, else one that
/// is made now.
///
/// *Confined to the main thread.*
final class ServerKeys {
  static final ChannelSlug FIRST_CHANNEL = new ChannelSlug("live");

  private final StreamKeyFile file;
  private final StreamKeys keys;
  private final @Nullable StreamSecret made;

  private ServerKeys(StreamKeyFile file, StreamKeys keys, @Nullable StreamSecret made) {
    this.file = file;
    this.keys = keys;
    this.made = made;
  }

  static ServerKeys of(AppConfig config, SecureRandom random) {
    StreamKeyFile file = file(config);
    StreamKeys existing = existing(config);
    if (!existing.isEmpty()) {
      return new ServerKeys(file, existing, null);
    }
    file.prepareFolder();
    StreamSecret secret = StreamSecret.random(random);
    return new ServerKeys(file, StreamKeys.none().with(FIRST_CHANNEL, secret), secret);
  }

  /// The keys that need not be made: the configured ones, else those in the data folder.
  static StreamKeys existing(AppConfig config) {
    StreamKeys configured = StreamKeys.parse(config.streamKeys());
    return configured.isEmpty() ? file(config).read().orElse(StreamKeys.none()) : configured;
  }

  private static StreamKeyFile file(AppConfig config) {
    try {
      return new StreamKeyFile(Path.of(config.data()));
    } catch (InvalidPathException e) {
      throw new StartupException(
          "data folder '%s' is not a path; choose one with --data".formatted(config.data()), e);
    }
  }

  StreamKeys keys() {
    return keys;
  }

  /// Keeps the hash of a new key and returns what its owner must be told, once; empty when no key
  /// was made. Called when the server runs, so that a start that fails does not use up the telling.
  Optional<String> keep(Links links) {
    if (made == null) {
      return Optional.empty();
    }
    file.write(keys);
    return Optional.of(
        """

        No stream key was configured, so Nova made one for channel %1$s. It is shown only this once:

            OBS, Settings, Stream, Service "Custom..."
            Server:      %2$s
            Stream key:  %3$s

            Watch at:    %4$s

        %5$s keeps only its hash. Lost the key? Delete that file and start again, or choose one
        yourself with --stream-key %1$s=SECRET.
        """
            .formatted(
                FIRST_CHANNEL,
                links.rtmp(),
                made.value(),
                links.watch(FIRST_CHANNEL),
                file.path()));
  }
}
