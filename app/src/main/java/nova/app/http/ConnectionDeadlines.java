package nova.app.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.core.NanoClock;

/// Closes connections that hold a socket without a request in progress: those that never finish
/// their first header, and those that stay quiet, or send a header drop by drop, after an answer.
///
/// Vert.x's own idle timeout does not tell a byte from a request. One timer per connection looks
/// whether it still deserves its socket, and sleeps until it could next be due. The responses in
/// progress are asked rather than listened to, because a response has room for one listener and
/// that belongs to the routes.
///
/// *Confined to its event loop.*
final class ConnectionDeadlines {
  private final Vertx vertx;
  private final NanoClock clock;
  private final Duration headerTimeout;
  private final Duration idleTimeout;
  private final Map<HttpConnection, Activity> connections = new HashMap<>();

  private static final class Activity {
    private final List<HttpServerResponse> inProgress = new ArrayList<>(1);
    private long dueNs;

    boolean isIdle() {
      inProgress.removeIf(response -> response.ended() || response.closed());
      return inProgress.isEmpty();
    }
  }

  ConnectionDeadlines(Vertx vertx, NanoClock clock, Duration headerTimeout, Duration idleTimeout) {
    this.vertx = vertx;
    this.clock = clock;
    this.headerTimeout = headerTimeout;
    this.idleTimeout = idleTimeout;
  }

  void opened(HttpConnection connection) {
    Activity activity = new Activity();
    activity.dueNs = clock.nanoTime() + headerTimeout.toNanos();
    connections.put(connection, activity);
    connection.closeHandler(gone -> connections.remove(connection));
    look(connection, activity, headerTimeout.toNanos());
  }

  void began(HttpServerRequest request) {
    Activity activity = connections.get(request.connection());
    if (activity != null) {
      activity.isIdle(); // forgets what has ended, so the list stays as short as what is open
      activity.inProgress.add(request.response());
      activity.dueNs = clock.nanoTime() + idleTimeout.toNanos();
    }
  }

  private void look(HttpConnection connection, Activity activity, long inNs) {
    vertx.setTimer(
        Math.max(1, inNs / 1_000_000),
        timer -> {
          if (!connections.containsKey(connection)) {
            return;
          }
          long leftNs = activity.dueNs - clock.nanoTime();
          if (leftNs > 0) {
            look(connection, activity, leftNs);
          } else if (activity.isIdle()) {
            connection.close();
          } else {
            look(connection, activity, idleTimeout.toNanos());
          }
        });
  }
}
