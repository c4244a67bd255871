package nova.app.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/// The answer after which a connection closes, in HTTP/2 all those that are on their way.
///
/// Spec: RFC 9112 §9.6 (Tear-down), RFC 9113 §6.8 (GOAWAY).
final class LastAnswer {
  private LastAnswer() {}

  /// Makes an answer the last of its connection, and tells the client if it is not too late. Called
  /// on the connection's event loop.
  ///
  /// @param atMost how long the answer may take
  static void of(HttpConnection connection, HttpServerResponse response, Duration atMost) {
    if (connection.protocolVersion() != HttpVersion.HTTP_2 && !response.headWritten()) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    var _ = connection.shutdown(atMost);
  }
}
