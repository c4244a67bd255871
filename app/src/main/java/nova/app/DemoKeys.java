package nova.app;

import java.security.SecureRandom;
import nova.app.config.AppConfig;
import nova.app.keys.ConfiguredKeys;
import nova.control.streamkey.StreamSecret;
import nova.core.ChannelSlug;

/// The keys of one demo: one for the test pattern, and one for a person with OBS. Both are made for
/// this run and kept nowhere, beside whatever keys the server has anyway.
///
/// *Immutable.*
///
/// @param accepted all keys that may publish
/// @param pattern publishes the test pattern to channel `demo`
/// @param person publishes to channel `live`
record DemoKeys(ConfiguredKeys accepted, StreamSecret pattern, StreamSecret person) {
  private static final ChannelSlug PATTERN_CHANNEL = new ChannelSlug("demo");

  static DemoKeys of(AppConfig config, SecureRandom random) {
    StreamSecret pattern = StreamSecret.random(random);
    StreamSecret person = StreamSecret.random(random);
    ConfiguredKeys accepted =
        ConfiguredKeys.parse(config.streamKeys())
            .with(PATTERN_CHANNEL, pattern)
            .with(FirstStart.CHANNEL, person);
    return new DemoKeys(accepted, pattern, person);
  }

  /// What the person is told.
  String explain(Links links) {
    return """

    The test pattern is on air:

        Watch:       %s
        HLS:         %s

    Publish yourself with OBS: Settings, Stream, Service "Custom..."

        Server:      %s
        Stream key:  %s   (for this run only)
        Watch:       %s

    Ctrl-C ends it.\
    """
        .formatted(
            links.watch(PATTERN_CHANNEL),
            links.hls(PATTERN_CHANNEL),
            links.rtmp(),
            person.value(),
            links.watch(FirstStart.CHANNEL));
  }
}
