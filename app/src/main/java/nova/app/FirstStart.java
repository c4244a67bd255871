package nova.app;

import java.util.List;
import java.util.Optional;
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

  /// Makes what is missing.
  ///
  /// @return what its owner must be told, once; empty when nothing was made
  static Optional<String> of(AppConfig config, RunningServer server) {
    Control control = server.control();
    Optional<IssuedKey> key =
        config.streamKeys().isEmpty() && control.streamKeys().isEmpty()
            ? Optional.of(firstKey(control))
            : Optional.empty();
    Optional<IssuedToken> token = control.tokens().createFirst();
    StringBuilder told = new StringBuilder();
    key.ifPresent(issued -> told.append(explain(issued, server.links())));
    token.ifPresent(issued -> told.append(explain(issued, server.links())));
    return told.isEmpty() ? Optional.empty() : Optional.of(told.toString());
  }

  private static IssuedKey firstKey(Control control) {
    Channel channel = control.channels().ensure(CHANNEL, Actor.SYSTEM);
    return control
        .streamKeys()
        .create(
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
