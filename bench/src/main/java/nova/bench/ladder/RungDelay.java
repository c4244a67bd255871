package nova.bench.ladder;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import nova.bench.viewer.PartArrivals;
import nova.bench.viewer.PartArrivals.Place;

/// How much later viewers have a part of a rung than the same part of the source.
public final class RungDelay {
  private static final Duration LADDER_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private RungDelay() {}

  /// Follows both renditions side by side.
  ///
  /// @param multivariant address of the playlist of a stream that has the rung, or will soon
  /// @return nanoseconds of delay, one of each part that both had
  public static List<Long> measure(URI multivariant, String rung, Duration duration)
      throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String playlist = await(http, multivariant, rung);
      Future<Map<Place, Long>> ofSource =
          threads.submit(
              new PartArrivals(http, variant(multivariant, playlist, "source"), duration));
      Future<Map<Place, Long>> ofRung =
          threads.submit(new PartArrivals(http, variant(multivariant, playlist, rung), duration));
      long timeoutMs = duration.plus(MARGIN).toMillis();
      Map<Place, Long> source = ofSource.get(timeoutMs, TimeUnit.MILLISECONDS);
      List<Long> delays = new ArrayList<>();
      ofRung
          .get(timeoutMs, TimeUnit.MILLISECONDS)
          .forEach(
              (place, at) -> {
                if (source.containsKey(place)) {
                  delays.add(at - source.get(place));
                }
              });
      return delays;
    }
  }

  private static String await(HttpClient http, URI multivariant, String rung)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LADDER_TIMEOUT.toNanos();
    String playlist = get(http, multivariant);
    while (!playlist.contains("/" + rung + "/")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("no rung %s within %s".formatted(rung, LADDER_TIMEOUT));
      }
      Thread.sleep(LOOK_INTERVAL);
      playlist = get(http, multivariant);
    }
    return playlist;
  }

  private static String get(HttpClient http, URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static URI variant(URI multivariant, String playlist, String rendition)
      throws IOException {
    return playlist
        .lines()
        .filter(line -> !line.startsWith("#") && line.contains("/" + rendition + "/"))
        .findFirst()
        .map(multivariant::resolve)
        .orElseThrow(() -> new IOException("no rendition %s in the playlist".formatted(rendition)));
  }
}
