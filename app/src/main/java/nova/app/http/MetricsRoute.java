package nova.app.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;
import nova.api.http.Bodies;

/// `/metrics` for Prometheus. The page is made off the event loop.
///
/// *Thread-safe.*
public final class MetricsRoute implements RouteMount {
  private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<String> scrape;

  public MetricsRoute(Supplier<String> scrape) {
    this.scrape = scrape;
  }

  @Override
  public void mount(Router router) {
    router
        .route("/metrics")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(
            context ->
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
                    .onFailure(context::fail));
  }
}
