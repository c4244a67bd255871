package nova.app.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;
import nova.api.http.Access;
import nova.api.http.Bodies;
import nova.api.http.ReadRoute;
import nova.api.http.RouteGuard;
import nova.control.token.Scope;

/// `/metrics` for Prometheus, who shows a token of any scope that is not limited to a channel: the
/// page tells of the whole server. It is made off the event loop.
///
/// *Thread-safe.*
public final class MetricsRoute implements RouteMount {
  private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<String> scrape;
  private final RouteGuard guard;

  public MetricsRoute(Supplier<String> scrape, RouteGuard guard) {
    this.scrape = scrape;
    this.guard = guard;
  }

  @Override
  public void mount(Router router) {
    ReadRoute.mount(router, "/metrics", guard.protect(Access.toServer(Scope.VIEWER), this::answer));
  }

  private void answer(RoutingContext context) {
    var _ =
        context
            .vertx()
            .executeBlocking(scrape::get, false)
            .onSuccess(
                page -> {
                  context
                      .response()
                      .putHeader(HttpHeaders.CONTENT_TYPE, TEXT_FORMAT)
                      .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                  Bodies.end(context, Buffer.buffer(page));
                })
            .onFailure(context::fail);
  }
}
