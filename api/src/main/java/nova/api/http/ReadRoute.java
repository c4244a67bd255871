package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// A public resource that can only be read: GET and HEAD reach its handler, OPTIONS answers a CORS
/// preflight without asking who is there, and any other method is refused.
public final class ReadRoute {
  private static final String ALLOWED = "GET, HEAD, OPTIONS";

  private ReadRoute() {}

  /// Adds the route, open to scripts of any origin; nothing behind it depends on cookies.
  public static void mount(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).handler(context -> dispatch(context, handler));
  }

  private static void dispatch(RoutingContext context, Handler<RoutingContext> handler) {
    context
        .response()
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("X-Content-Type-Options", "nosniff");
    HttpMethod method = context.request().method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      handler.handle(context);
    } else if (method.equals(HttpMethod.OPTIONS)) {
      context
          .response()
          .setStatusCode(204)
          .putHeader("Allow", ALLOWED)
          .putHeader("Access-Control-Allow-Methods", ALLOWED)
          .putHeader("Access-Control-Allow-Headers", "*")
          .putHeader("Access-Control-Max-Age", "86400")
          .end();
    } else {
      context.response().putHeader("Allow", ALLOWED);
      new Problem(405, "method-not-allowed", "This resource can only be read; use GET.")
          .answer(context);
    }
  }
}
