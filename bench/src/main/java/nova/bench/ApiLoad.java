package nova.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.bench.http.HttpConnection;
import nova.bench.http.HttpLoop;
import nova.bench.http.HttpRequest;
import nova.bench.http.HttpResponse;

/// Connections that each ask again as soon as they have their answer, for a while.
///
/// *Confined to its loop's thread* once started.
final class ApiLoad {
  /// What a connection asks for next.
  interface Requests {
    /// A request whose answer is to be 200.
    ///
    /// @param count how many requests this connection has made
    HttpRequest next(int connection, int count);
  }

  /// What came of it.
  record Outcome(Samples durations, double perSecond) {}

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Requests requests;
  private final long until;
  private final Samples durations = new Samples(100_000);
  private final CompletableFuture<Long> end = new CompletableFuture<>();
  private int running;

  private ApiLoad(Requests requests, int connections, long until) {
    this.requests = requests;
    this.running = connections;
    this.until = until;
  }

  /// Asks over loopback until the time is up.
  ///
  /// @throws IOException when an answer is not 200
  static Outcome run(int port, int connections, Duration duration, Requests requests)
      throws IOException, InterruptedException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    long beganAt = System.nanoTime();
    ApiLoad load = new ApiLoad(requests, connections, beganAt + duration.toNanos());
    try (HttpLoop loop = HttpLoop.start("api-load")) {
      for (int number = 0; number < connections; number++) {
        HttpConnection connection = loop.connect(loopback, new InetSocketAddress(loopback, port));
        int asker = number;
        loop.execute(() -> load.ask(connection, asker, 0));
      }
      long endedAt = load.end.get(duration.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
      return new Outcome(load.durations, load.durations.size() / ((endedAt - beganAt) / 1e9));
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "the API did not answer within %d s".formatted(PATIENCE.toSeconds()), e);
    }
  }

  private void ask(HttpConnection connection, int number, int count) {
    HttpRequest request = requests.next(number, count);
    long askedAt = System.nanoTime();
    connection.send(
        request,
        true,
        new HttpConnection.Outcome() {
          @Override
          public void onResponse(HttpResponse response) {
            if (response.status() != 200) {
              fail(request, response);
              return;
            }
            durations.add(response.lastByteNanos() - askedAt);
            if (response.lastByteNanos() < until) {
              ask(connection, number, count + 1);
            } else if (--running == 0) {
              end.complete(response.lastByteNanos());
            }
          }

          @Override
          public void onFailure(IOException reason) {
            end.completeExceptionally(reason);
          }
        });
  }

  private void fail(HttpRequest request, HttpResponse response) {
    end.completeExceptionally(
        new IOException(
            "%s %s was answered with %d: %s"
                .formatted(
                    request.method(),
                    request.path(),
                    response.status(),
                    response.body().toUtf8())));
  }
}
