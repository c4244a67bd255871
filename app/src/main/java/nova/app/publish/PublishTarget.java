package nova.app.publish;

import java.net.URI;
import java.net.URISyntaxException;
import nova.app.error.StartupException;

/// Where to publish: an RTMP server, an application and a stream key.
///
/// *Immutable.*
///
/// @param app the path up to the last slash, such as `live`
/// @param key what follows it, with its query; never shown
public record PublishTarget(String host, int port, String app, String key) {
  private static final int DEFAULT_PORT = 1935;

  /// Reads `rtmp://HOST[:PORT]/APP/KEY`.
  ///
  /// @throws StartupException that never repeats the key
  public static PublishTarget parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new StartupException(expected("it is not a URL"), e);
    }
    if (!"rtmp".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      throw new StartupException(expected("it does not start with rtmp:// and a host"));
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    int slash = path.lastIndexOf('/');
    if (slash < 1 || slash == path.length() - 1) {
      throw new StartupException(expected("it has no application or no stream key"));
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new PublishTarget(
        uri.getHost(), port, path.substring(1, slash), path.substring(slash + 1) + query);
  }

  /// The address without the key, as RTMP's `connect` carries it and as people may see it.
  public String tcUrl() {
    return "rtmp://%s:%d/%s".formatted(host, port, app);
  }

  /// The host for a socket: an IPv6 address without its brackets.
  String socketHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String expected(String problem) {
    return "cannot publish to that URL: %s (expected: rtmp://HOST:PORT/live/STREAM-KEY)"
        .formatted(problem);
  }

  /// Without the key.
  @Override
  public String toString() {
    return tcUrl();
  }
}
