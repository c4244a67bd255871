package nova.api.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// The answer to what no route knows: a page for people, Problem Details for programs.
public final class UnknownPaths {
  private UnknownPaths() {}

  /// Adds the last route of the router.
  ///
  /// @param page answers with an HTML page
  public static void mount(Router router, Handler<RoutingContext> page) {
    router.route().last().handler(context -> answer(context, page));
  }

  private static void answer(RoutingContext context, Handler<RoutingContext> page) {
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    boolean browser = accept != null && accept.contains("text/html");
    if (browser && !context.normalizedPath().startsWith("/api/")) {
      page.handle(context);
      return;
    }
    ApiRouter.openToScripts(context.response());
    Problem.notFound("unknown-path", "There is nothing at this address.").answer(context);
  }
}
