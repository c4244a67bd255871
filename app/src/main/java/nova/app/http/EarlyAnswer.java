package nova.app.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import nova.api.http.ApiRouter;
import nova.api.http.Problem;
import nova.delivery.http.ClientSocket;

/// Answers that come before any route or instead of one: Problem Details as those of the API, after
/// which the connection closes unless, as in HTTP/2, others share it.
///
/// *Thread-safe.*
final class EarlyAnswer {
  static final String BODY_TOO_LARGE = "body-too-large";

  private static final long HTTP2_NO_ERROR = 0x0;

  private final HttpMetrics metrics;

  EarlyAnswer(HttpMetrics metrics) {
    this.metrics = metrics;
  }

  /// Counts a refusal and tells the client, who has not had an answer yet.
  ///
  /// @param reason stable kebab-case name for metrics
  void refuse(HttpServerRequest request, int status, String reason, String sentence) {
    metrics.refused(reason);
    send(request, Problem.of(status, reason, sentence));
  }

  /// Counts a refusal of what goes on arriving, also after the request has had its answer.
  void refuseBody(HttpServerRequest request, String sentence) {
    metrics.refused(BODY_TOO_LARGE);
    if (request.response().ended()) {
      hangUp(request);
    } else {
      send(request, Problem.of(413, BODY_TOO_LARGE, sentence));
    }
  }

  /// Refuses bytes that are not a request this server takes.
  void refuseMalformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    String name = cause == null ? "" : cause.getClass().getSimpleName();
    switch (name) {
      case "TooLongHttpLineException" ->
          refuse(
              request,
              414,
              "request-line-too-long",
              "the request line is too long (expected: at most %d bytes)"
                  .formatted(ListenOptions.MAX_REQUEST_LINE_BYTES));
      case "TooLongHttpHeaderException" ->
          refuse(request, 431, "header-too-large", "the request's header is too large");
      default ->
          refuse(
              request,
              400,
              "malformed-request",
              "this is not an HTTP request (expected: HTTP/1.1 or HTTP/2)");
    }
  }

  /// Answers with what is no refusal.
  void send(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (request.version() != HttpVersion.HTTP_2) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    ApiRouter.openToScripts(response);
    var _ = problem.send(request).onComplete(_ -> hangUp(request));
  }

  /// Takes no more of a request: in HTTP/2 of that alone.
  private static void hangUp(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      ClientSocket.of(request.connection()).closeGently();
    } else if (!request.isEnded()) {
      var _ = request.response().reset(HTTP2_NO_ERROR);
    }
  }
}
