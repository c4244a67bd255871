package nova.api.http;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Takes requests from their event loop to a thread that may wait, and their answers back. Only so
/// many at once: what waits for a slow database must not fill the memory.
///
/// *Thread-safe.*
final class BlockingWork {
  private static final int MOST_AT_ONCE = 512;

  private final Executor threads;
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);

  /// @param threads runs each task on a thread of its own
  BlockingWork(Executor threads) {
    this.threads = threads;
  }

  /// Does work, and then what it came to on the request's event loop.
  ///
  /// @param work must not throw
  void run(RoutingContext context, Supplier<Handler<RoutingContext>> work) {
    Context loop = context.vertx().getOrCreateContext();
    if (!free.tryAcquire()) {
      busy().answer(context);
      return;
    }
    try {
      threads.execute(() -> finish(context, loop, work));
    } catch (RejectedExecutionException _) { // the server is closing
      free.release();
      busy().answer(context);
    }
  }

  private void finish(
      RoutingContext context, Context loop, Supplier<Handler<RoutingContext>> work) {
    Handler<RoutingContext> answer;
    try {
      answer = work.get();
    } finally {
      free.release();
    }
    loop.runOnContext(
        _ -> {
          if (!context.response().closed() && !context.response().ended()) {
            answer.handle(context);
          }
        });
  }

  static Problem busy() {
    return Problem.later(503, "busy", "The server has too much to do; ask again in a moment.", 1);
  }
}
