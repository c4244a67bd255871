package nova.api.openapi;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import nova.api.http.ApiRouter;
import nova.api.http.Bodies;
import nova.api.http.ReadRoute;

/// `GET /api/openapi.json`. It holds no data, so everybody may read it.
///
/// *Thread-safe.*
public final class DocumentRoute {
  private final ApiDocument document;

  public DocumentRoute(ApiDocument document) {
    this.document = document;
  }

  public void mount(Router router) {
    ReadRoute.mount(router, "/api/openapi.json", this::answer);
  }

  private void answer(RoutingContext context) {
    ApiRouter.openToScripts(context.response());
    context
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-cache");
    var _ = Bodies.end(context, document.json());
  }
}
