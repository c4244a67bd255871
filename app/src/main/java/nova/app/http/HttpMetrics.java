package nova.app.http;

import io.vertx.core.http.HttpVersion;

/// Port: what the HTTP servers count before any route does. Methods are called on event loops and
/// must return at once.
///
/// *Thread-safe.*
public interface HttpMetrics {
  /// Counts nothing.
  HttpMetrics NONE = new HttpMetrics() {};

  /// A connection speaks `protocol`: with its first request, or once TLS has agreed on one.
  default void connectionOpened(HttpVersion protocol) {}

  /// A connection of which [#connectionOpened] told is gone.
  default void connectionClosed(HttpVersion protocol) {}

  /// A request was refused before any route saw it.
  ///
  /// @param reason stable kebab-case name, such as `header-too-large`
  default void refused(String reason) {}
}
