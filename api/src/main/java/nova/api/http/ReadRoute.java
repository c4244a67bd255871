package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// A path outside of the operations that can be read and nothing else.
public final class ReadRoute {
  private static final String ALLOWED = "GET, HEAD";

  private ReadRoute() {}

  /// Adds it to the router of one event loop.
  ///
  /// @param handler answers GET and HEAD
  public static void mount(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    router.route(path).handler(ReadRoute::refuse);
  }

  private static void refuse(RoutingContext context) {
    ApiRouter.openToScripts(context.response());
    context.response().putHeader("Allow", ALLOWED);
    Problem.methodNotAllowed(ALLOWED).answer(context);
  }
}
