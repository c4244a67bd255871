package nova.app.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/// Refuses a request whose announced body is larger than the limit, before any of it is read.
///
/// *Immutable.*
final class BodyLimit implements Handler<RoutingContext> {
  private final long maxBytes;

  BodyLimit(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (announced == null || isWithin(announced)) {
      context.next();
      return;
    }
    PlainAnswer.refuse(
        request, 413, "body of %s bytes (expected: at most %d)".formatted(announced, maxBytes));
  }

  private boolean isWithin(String announced) {
    try {
      return Long.parseLong(announced) <= maxBytes;
    } catch (NumberFormatException e) {
      return false; // longer than a long
    }
  }
}
