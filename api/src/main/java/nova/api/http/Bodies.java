package nova.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/// Ends a response with a body, or for HEAD with its length alone.
public final class Bodies {
  private Bodies() {}

  public static void end(RoutingContext context, Buffer body) {
    context.response().putHeader("Content-Length", Integer.toString(body.length()));
    if (context.request().method().equals(HttpMethod.HEAD)) {
      context.response().end();
    } else {
      context.response().end(body);
    }
  }
}
