package nova.api.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/// Ends a response with a body, or for HEAD with its length alone.
public final class Bodies {
  private Bodies() {}

  /// Ends it.
  ///
  /// @return when the client's system has been given all of it
  public static Future<Void> end(RoutingContext context, Buffer body) {
    context.response().putHeader("Content-Length", Integer.toString(body.length()));
    return context.request().method().equals(HttpMethod.HEAD)
        ? context.response().end()
        : context.response().end(body);
  }
}
