package nova.app.http;

import io.vertx.ext.web.Router;

/// Adds one part's routes to the router of one event loop; called once per event loop, on it.
@FunctionalInterface
public interface RouteMount {
  void mount(Router router);
}
