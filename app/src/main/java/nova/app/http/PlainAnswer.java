package nova.app.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/// Refusals that come before any route: one sentence of text, after which the connection closes
/// unless, as in HTTP/2, others share it.
final class PlainAnswer {
  private PlainAnswer() {}

  static void refuse(HttpServerRequest request, int status, String sentence) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    boolean ownsConnection = request.version() != HttpVersion.HTTP_2;
    if (ownsConnection) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(sentence + "\n")
        .onComplete(
            sent -> {
              if (ownsConnection) {
                request.connection().close();
              }
            });
  }

  /// The sentence and status for bytes that are not a request this server takes.
  static void refuseMalformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    String name = cause == null ? "" : cause.getClass().getSimpleName();
    switch (name) {
      case "TooLongHttpLineException" ->
          refuse(request, 414, "the request line is too long (expected: at most 4096 bytes)");
      case "TooLongHttpHeaderException" ->
          refuse(request, 431, "the request's header is too large");
      default -> refuse(request, 400, "this is not an HTTP request (expected: HTTP/1.1 or HTTP/2)");
    }
  }
}
