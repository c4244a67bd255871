package nova.api.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/// Ends a response with a body, or for HEAD with its length alone.
public final class Bodies {
  private Bodies() {}

  /// Ends it.
  ///
  /// @return when the client's system has been given all of it
  public static Future<Void> end(RoutingContext context, Buffer body) {
    return end(context.request(), body);
  }

  /// Ends it.
  ///
  /// @return when the client's system has been given all of it
  static Future<Void> end(HttpServerRequest request, Buffer body) {
    HttpServerResponse response =
        request.response().putHeader("Content-Length", Integer.toString(body.length()));
    return request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(body);
  }
}
