package nova.app.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/// Refuses bodies larger than the limit: one whose length is announced before any of it is read,
/// another once more has come, which is counted and dropped. A route that reads a body takes the
/// place of the counting, and bounds the body itself.
///
/// *Immutable.*
final class BodyLimit implements Handler<RoutingContext> {
  private final long maxBytes;
  private final EarlyAnswer answers;

  BodyLimit(long maxBytes, EarlyAnswer answers) {
    this.maxBytes = maxBytes;
    this.answers = answers;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (announced != null && !isWithin(announced)) {
      answers.refuse(
          request,
          413,
          EarlyAnswer.BODY_TOO_LARGE,
          "body of %s bytes (expected: at most %d)".formatted(announced, maxBytes));
      return;
    }
    if (announced == null && mayHaveBody(request)) {
      request.handler(new Counted(request));
    }
    context.next();
  }

  private static boolean mayHaveBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private boolean isWithin(String announced) {
    try {
      return Long.parseLong(announced) <= maxBytes;
    } catch (NumberFormatException e) {
      return false; // longer than a long
    }
  }

  /// A body of unknown length while it arrives.
  private final class Counted implements Handler<Buffer> {
    private final HttpServerRequest request;
    private long bytes;
    private boolean refused;

    Counted(HttpServerRequest request) {
      this.request = request;
    }

    @Override
    public void handle(Buffer piece) {
      bytes += piece.length();
      if (bytes > maxBytes && !refused) {
        refused = true;
        answers.refuseBody(
            request, "body of more than %d bytes (expected: at most that)".formatted(maxBytes));
      }
    }
  }
}
