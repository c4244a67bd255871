package nova.app.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.app.http.transport.FirstHeaderDeadline;
import nova.core.NanoClock;
import nova.delivery.http.ClientSocket;

/// The connections of one server, and when they close: those that never finish their first header,
/// and those that stay quiet, or send a header drop by drop, after an answer. An answer on its way
/// is not quiet while the client takes some of it, however slowly.
///
/// Vert.x's own idle timeout does not tell a byte from a request, nor a slow client from one that
/// takes nothing. The responses in progress are asked rather than listened to, because a response
/// has room for one listener and that belongs to the routes.
///
/// *Confined to its event loop.*
final class ConnectionDeadlines {
  private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

  private final NanoClock clock;
  private final Duration headerTimeout;
  private final Duration idleTimeout;
  private final HttpMetrics metrics;
  private final Map<HttpConnection, Activity> connections = new HashMap<>();

  private static final class Activity {
    private final ClientSocket socket;
    private final List<HttpServerResponse> inProgress = new ArrayList<>(1);
    private ClientSocket.Position position;
    private boolean hasAsked; // before, what it takes is HTTP/2's own talk
    private long dueNs;

    private Activity(ClientSocket socket, long dueNs) {
      this.socket = socket;
      this.position = socket.position();
      this.dueNs = dueNs;
    }

    boolean isIdle() {
      inProgress.removeIf(response -> response.ended() || response.closed());
      return inProgress.isEmpty();
    }

    /// Whether the client took anything since the last time this was asked.
    boolean hasTaken() {
      ClientSocket.Position before = position;
      position = socket.position();
      return !position.equals(before);
    }
  }

  ConnectionDeadlines(
      NanoClock clock, Duration headerTimeout, Duration idleTimeout, HttpMetrics metrics) {
    this.clock = clock;
    this.headerTimeout = headerTimeout;
    this.idleTimeout = idleTimeout;
    this.metrics = metrics;
  }

  /// How often [#closeOverdue] wants to be called.
  Duration period() {
    Duration shortest = headerTimeout.compareTo(idleTimeout) < 0 ? headerTimeout : idleTimeout;
    Duration quarter = shortest.dividedBy(4).plusMillis(1);
    return quarter.compareTo(LONGEST_PERIOD) < 0 ? quarter : LONGEST_PERIOD;
  }

  void opened(HttpConnection connection) {
    FirstHeaderDeadline.met(connection);
    HttpVersion protocol = connection.protocolVersion();
    metrics.connectionOpened(protocol);
    connections.put(
        connection,
        new Activity(ClientSocket.of(connection), clock.nanoTime() + headerTimeout.toNanos()));
    connection.closeHandler(
        gone -> {
          connections.remove(connection);
          metrics.connectionClosed(protocol);
        });
  }

  void began(HttpServerRequest request) {
    Activity activity = connections.get(request.connection());
    if (activity != null) {
      boolean _ =
          activity.isIdle(); // forgets what has ended: the list stays as short as what is open
      activity.inProgress.add(request.response());
      activity.hasAsked = true;
      activity.dueNs = clock.nanoTime() + idleTimeout.toNanos();
    }
  }

  /// Makes what is in progress the last of its connection.
  ///
  /// @param atMost how long it may take
  void leave(Duration atMost) {
    Map<HttpConnection, HttpServerResponse> last = new HashMap<>();
    connections.forEach(
        (connection, activity) -> {
          if (!activity.isIdle()) {
            last.put(connection, activity.inProgress.getFirst());
          }
        });
    last.forEach((connection, response) -> LastAnswer.of(connection, response, atMost));
  }

  /// Closes what is left, whatever it waits for.
  void cutAll() {
    List<Activity> left = List.copyOf(connections.values()); // closing removes them from the map
    left.forEach(activity -> activity.socket.cut());
  }

  void closeOverdue() {
    long nowNs = clock.nanoTime();
    Map<HttpConnection, ClientSocket> overdue = new HashMap<>();
    connections.forEach(
        (connection, activity) -> {
          if (activity.hasTaken() && activity.hasAsked) {
            activity.dueNs = nowNs + idleTimeout.toNanos();
          } else if (activity.dueNs - nowNs <= 0 && activity.isIdle()) {
            overdue.put(connection, activity.socket);
          }
        });
    overdue.forEach(ConnectionDeadlines::close); // which removes them from the map
  }

  private static void close(HttpConnection connection, ClientSocket socket) {
    if (socket.isWaiting()) {
      socket.cut();
    } else {
      connection.close();
    }
  }
}
