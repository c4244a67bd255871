package nova.api;

import java.net.URI;
import java.time.Duration;
import nova.api.http.ApiLimits;
import nova.core.Setting;

/// Configuration of the API and the watch pages.
///
/// *Immutable.*
public record ApiConfig(
    @Setting(
            value =
                "Address under which viewers reach this server, such as https://live.example.com;"
                    + " empty: links are relative.",
            byDefault = "")
        String publicUrl,
    @Setting(
            value =
                "Address from which players fetch playlists, media and posters where that is not"
                    + " this server, such as https://media.example.com of delivery servers or a"
                    + " CDN; empty: from where the page is.",
            byDefault = "")
        String playbackUrl,
    @Setting(
            value =
                "How long players are told that a stream ended, and its latest measurements and its"
                    + " ladder are shown; lists have it for good.",
            byDefault = "10m")
        Duration endedStreamsKept,
    @Setting(
            value =
                "Streams at most of which that is known; beyond it that of the one that ended first"
                    + " is forgotten.",
            byDefault = "4096")
        int maxStreams,
    @Setting("How much anybody may ask of the API.") ApiLimits limits) {
  public ApiConfig {
    publicUrl = withoutTrailingSlash(publicUrl.strip());
    checkPublicUrl(publicUrl);
    playbackUrl = withoutTrailingSlash(playbackUrl.strip());
    checkPlaybackUrl(playbackUrl);
    if (endedStreamsKept.isNegative()) {
      throw new IllegalArgumentException(
          "api.ended-streams-kept is %s (expected: 0s or more)".formatted(endedStreamsKept));
    }
    if (maxStreams < 1) {
      throw new IllegalArgumentException(
          "api.max-streams is %d (expected: at least 1)".formatted(maxStreams));
    }
  }

  public static ApiConfig defaults() {
    return new ApiConfig("", "", Duration.ofMinutes(10), 4096, ApiLimits.defaults());
  }

  private static String withoutTrailingSlash(String url) {
    return url.endsWith("/") ? withoutTrailingSlash(url.substring(0, url.length() - 1)) : url;
  }

  private static void checkPublicUrl(String url) {
    if (url.isEmpty()) {
      return;
    }
    URI uri = parse("public", url, "https://live.example.com");
    if (!isWeb(uri) || uri.getRawQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException(
          "public URL '%s' (expected: http:// or https://, a host and no query, such as"
                  .formatted(url)
              + " https://live.example.com)");
    }
  }

  /// It goes into the pages' security policy as an origin, so it is one and nothing else.
  private static void checkPlaybackUrl(String url) {
    if (url.isEmpty()) {
      return;
    }
    URI uri = parse("playback", url, "https://media.example.com");
    if (!isWeb(uri) || !url.equals(origin(uri))) {
      throw new IllegalArgumentException(
          "playback URL '%s' (expected: http:// or https://, a host and perhaps a port, such as"
                  .formatted(url)
              + " https://media.example.com)");
    }
  }

  private static URI parse(String name, String url, String example) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s URL '%s' (expected: an address such as %s)".formatted(name, url, example), e);
    }
  }

  private static boolean isWeb(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null;
  }

  private static String origin(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port;
  }
}
