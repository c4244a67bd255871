package nova.app.http;

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
/// Vert.x's own idle timeout does not tell a byte from a request. The responses in progress are
/// asked rather than listened to, because a response has room for one listener and that belongs to
/// the routes.
///
/// *Confined to its event loop.*
final class ConnectionDeadlines {
  private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

  private final NanoClock clock;
  private final Duration headerTimeout;
  private final Duration idleTimeout;
  private final Map<HttpConnection, Activity> connections = new HashMap<>();

  private static final class Activity {
    private final List<HttpServerResponse> inProgress = new ArrayList<>(1);
    private long dueNs;

    private Activity(long dueNs) {
      this.dueNs = dueNs;
    }

    boolean isIdle() {
      inProgress.removeIf(response -> response.ended() || response.closed());
      return inProgress.isEmpty();
    }
  }

  ConnectionDeadlines(NanoClock clock, Duration headerTimeout, Duration idleTimeout) {
    this.clock = clock;
    this.headerTimeout = headerTimeout;
    this.idleTimeout = idleTimeout;
  }

  /// How often [#closeOverdue] wants to be called.
  Duration period() {
    Duration shortest = headerTimeout.compareTo(idleTimeout) < 0 ? headerTimeout : idleTimeout;
    Duration quarter = shortest.dividedBy(4).plusMillis(1);
    return quarter.compareTo(LONGEST_PERIOD) < 0 ? quarter : LONGEST_PERIOD;
  }

  void opened(HttpConnection connection) {
    connections.put(connection, new Activity(clock.nanoTime() + headerTimeout.toNanos()));
    connection.closeHandler(gone -> connections.remove(connection));
  }

  void began(HttpServerRequest request) {
    Activity activity = connections.get(request.connection());
    if (activity != null) {
      boolean _ =
          activity.isIdle(); // forgets what has ended: the list stays as short as what is open
      activity.inProgress.add(request.response());
      activity.dueNs = clock.nanoTime() + idleTimeout.toNanos();
    }
  }

  void closeOverdue() {
    long nowNs = clock.nanoTime();
    List<HttpConnection> overdue = new ArrayList<>();
    connections.forEach(
        (connection, activity) -> {
          if (activity.dueNs - nowNs <= 0 && activity.isIdle()) {
            overdue.add(connection);
          }
        });
    overdue.forEach(HttpConnection::close); // which removes them from the map
  }
}
