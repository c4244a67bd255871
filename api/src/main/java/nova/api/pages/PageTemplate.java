package nova.api.pages;

import io.vertx.core.buffer.Buffer;

/// An HTML page whose addresses are filled in at start, and its channel at each request.
///
/// Only values that need no escaping go in: a path prefix and an origin from the configuration, the
/// asset version, a port, and a channel name that [nova.core.ChannelSlug] has accepted.
///
/// *Immutable.*
final class PageTemplate {
  private static final String CHANNEL = "{{channel}}";
  private static final String RTMP_PORT = "{{rtmp-port}}";

  private final String html;

  private PageTemplate(String html) {
    this.html = html;
  }

  /// Fills in what stays.
  ///
  /// @param pathPrefix the path below which viewers see this server
  /// @param playback what playlists and media are below: that path, or another origin
  static PageTemplate load(SiteAssets assets, String name, String pathPrefix, String playback) {
    String html =
        assets
            .template(name)
            .replace("{{player}}", assets.template("player.html").stripTrailing())
            .replace("{{base}}", pathPrefix)
            .replace("{{playback}}", playback)
            .replace("{{assets}}", pathPrefix + "/assets/" + assets.version());
    String rest = html.replace(CHANNEL, "").replace(RTMP_PORT, "");
    if (rest.contains("{{")) {
      throw new IllegalStateException("the page %s has an unknown placeholder".formatted(name));
    }
    return new PageTemplate(html);
  }

  /// @param channel empty on a page that is about none
  Buffer render(String channel, int rtmpPort) {
    return Buffer.buffer(
        html.replace(CHANNEL, channel).replace(RTMP_PORT, Integer.toString(rtmpPort)));
  }
}
