package nova.bench.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/// What a server says of itself at `/metrics`, in the text format of Prometheus.
///
/// *Immutable.*
public record Gauges(List<String> lines) {
  /// For as long as this process runs: closing a client waits, now and then, until the server gives
  /// up the idle connection.
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  public Gauges {
    lines = List.copyOf(lines);
  }

  /// @param token of the API
  static Gauges read(URI metrics, String token) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(metrics)
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(
          "the server's metrics cannot be read: %d %s"
              .formatted(answer.statusCode(), answer.body().strip()));
    }
    return new Gauges(answer.body().lines().toList());
  }

  /// The sum of all values of `name` whose labels contain `labels`.
  ///
  /// @throws IOException when there is none
  public double sum(String name, String labels) throws IOException {
    List<String> found =
        lines.stream()
            .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
            .filter(line -> line.contains(labels))
            .toList();
    if (found.isEmpty()) {
      throw new IOException("the server's metrics have no %s with %s".formatted(name, labels));
    }
    return found.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
