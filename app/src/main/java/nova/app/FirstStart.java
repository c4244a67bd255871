package nova.app;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nova.app.config.AppConfig;
import nova.control.Control;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.control.token.IssuedToken;
import nova.core.ChannelSlug;

/// What a server makes when it starts on an empty database, so that somebody can go live and
/// administer it: a token, and a channel with a stream key unless keys are configured.
///
/// Made when the server runs, so that a start that fails does not use up the only telling.
final class FirstStart {
  static final ChannelSlug CHANNEL = new ChannelSlug("live");

  private FirstStart() {}

  /// Makes what is missing. May be repeated when the database went away in between.
  ///
  /// @param tell is told each secret as soon as it is made, for it cannot be told again
  static void make(AppConfig config, RunningServer server, Consumer<String> tell) {
    Control control = server.control();
    if (config.streamKeys().isEmpty() && control.streamKeys().isEmpty()) {
      firstKey(control).ifPresent(issued -> tell.accept(explain(issued, server.links())));
    }
    control
        .tokens()
        .createFirst()
        .ifPresent(issued -> tell.accept(explain(issued, server.links())));
  }

  /// Empty when another server that starts at the same time has made one meanwhile.
  private static Optional<IssuedKey> firstKey(Control control) {
    Channel channel = control.channels().ensure(CHANNEL, Actor.SYSTEM);
    return control
        .streamKeys()
        .createFirst(
            channel.slug(), new KeyTerms("first key", List.of(), Optional.empty()), Actor.SYSTEM);
  }

  private static String explain(IssuedKey issued, Links links) {
    return """

    Channel %1$s is ready. Its stream key is shown only this once:

        OBS, Settings, Stream, Service "Custom..."
        Server:      %2$s
        Stream key:  %3$s

        Watch at:    %4$s

    Lost the key? Run `nova key create --channel %1$s`.
    """
        .formatted(
            issued.channel(), links.rtmp(), issued.secret().value(), links.watch(issued.channel()));
  }

  private static String explain(IssuedToken issued, Links links) {
    return """

    The API takes this token, which may do everything. It is shown only this once:

        Token:       %s
        Reference:   %s/api/docs

    On this machine the `nova` command needs no token.
    """
        .formatted(issued.secret().value(), links.http());
  }
}
