package nova.app.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.api.http.Problem;

/// The routes of a server that answers before all it needs is there: until they are opened, each
/// path but those mounted earlier answers 503.
///
/// *Thread-safe.*
public final class LateRoutes implements RouteMount {
  private static final int OPEN_SECONDS = 10;
  private static final int RETRY_AFTER_SECONDS = 2;

  private record Loop(Context context, Router router) {}

  private final List<Loop> loops = new ArrayList<>(); // guarded by itself
  private volatile boolean opened;

  @Override
  public void mount(Router router) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("routes are mounted on no event loop");
    }
    router.route().handler(this::hold);
    synchronized (loops) {
      loops.add(new Loop(context, router));
    }
  }

  private void hold(RoutingContext context) {
    if (opened) {
      context.next();
    } else {
      Problem.later(
              503,
              "starting",
              "The server waits for what it needs; its log says for what.",
              RETRY_AFTER_SECONDS)
          .answer(context);
    }
  }

  /// Adds the routes on all event loops, and lets requests through to them. Called once, when the
  /// servers listen.
  public void open(List<RouteMount> mounts) throws TimeoutException {
    List<Future<Void>> mounted = new ArrayList<>();
    synchronized (loops) {
      for (Loop loop : loops) {
        Promise<Void> done = Promise.promise();
        loop.context()
            .runOnContext(
                _ -> {
                  mounts.forEach(mount -> mount.mount(loop.router()));
                  done.complete();
                });
        mounted.add(done.future());
      }
    }
    var _ = Future.all(mounted).await(OPEN_SECONDS, TimeUnit.SECONDS);
    opened = true;
  }
}
