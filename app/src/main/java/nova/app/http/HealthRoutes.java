package nova.app.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import nova.api.http.Bodies;
import nova.api.http.ReadRoute;

/// `/health/live` (the process answers) and `/health/ready` (it takes broadcasts and viewers), for
/// load balancers and orchestrators.
///
/// *Thread-safe.*
public final class HealthRoutes implements RouteMount {
  private final BooleanSupplier ready;

  public HealthRoutes(BooleanSupplier ready) {
    this.ready = ready;
  }

  @Override
  public void mount(Router router) {
    ReadRoute.mount(router, "/health/live", context -> answer(context, true));
    ReadRoute.mount(router, "/health/ready", context -> answer(context, ready.getAsBoolean()));
  }

  private static void answer(RoutingContext context, boolean up) {
    context
        .response()
        .setStatusCode(up ? 200 : 503)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Bodies.end(context, Buffer.buffer(up ? "{\"status\":\"UP\"}" : "{\"status\":\"DOWN\"}"));
  }
}
