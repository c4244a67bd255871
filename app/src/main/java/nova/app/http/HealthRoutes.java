package nova.app.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import nova.api.http.Bodies;
import nova.api.http.ReadRoute;

/// `/health/live` (the process answers) and `/health/ready` (it takes broadcasts and viewers), for
/// load balancers and orchestrators. What is down is named, with the reason where a check tells
/// one, and nothing more: everybody may ask.
///
/// Spec: MicroProfile Health 4.0 §3 (Protocol and Wireformat).
///
/// *Thread-safe.*
public final class HealthRoutes implements RouteMount {
  private final List<HealthCheck> checks;

  public HealthRoutes(List<HealthCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  @Override
  public void mount(Router router) {
    ReadRoute.mount(router, "/health/live", context -> answer(context, true, new JsonArray()));
    ReadRoute.mount(router, "/health/ready", this::ready);
  }

  private void ready(RoutingContext context) {
    boolean ready = true;
    JsonArray answers = new JsonArray();
    for (HealthCheck check : checks) {
      boolean up = check.up().getAsBoolean();
      ready &= up || !check.needed();
      JsonObject answer = new JsonObject().put("name", check.name()).put("status", status(up));
      if (!up) {
        check.reason().get().ifPresent(why -> answer.put("data", JsonObject.of("reason", why)));
      }
      answers.add(answer);
    }
    answer(context, ready, answers);
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }

  private static void answer(RoutingContext context, boolean up, JsonArray checks) {
    context
        .response()
        .setStatusCode(up ? 200 : 503)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    JsonObject body = new JsonObject().put("status", status(up)).put("checks", checks);
    Bodies.end(context, Buffer.buffer(body.encode()));
  }
}
