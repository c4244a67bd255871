package nova.bench.viewer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import nova.core.Bytes;

/// When a viewer learns of each part of a rendition: one blocking reload after the other.
///
/// *Confined to the thread that calls it.*
///
/// @param duration how long it is followed
public record PartArrivals(HttpClient http, URI playlist, Duration duration)
    implements Callable<Map<PartArrivals.Place, Long>> {
  /// A part's place in its rendition, the same in all.
  public record Place(long segment, int part) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /// The first answers that list each part, in nanoseconds of the monotonic clock.
  @Override
  public Map<Place, Long> call() throws IOException, InterruptedException {
    Map<Place, Long> arrivals = new HashMap<>();
    long end = System.nanoTime() + duration.toNanos();
    LivePlaylist now = get("");
    while (System.nanoTime() < end && !now.ended()) {
      Place awaited = new Place(now.nextSegment(), now.nextPart());
      now = get("?_HLS_msn=%d&_HLS_part=%d".formatted(awaited.segment(), awaited.part()));
      arrivals.put(awaited, System.nanoTime());
    }
    return arrivals;
  }

  private LivePlaylist get(String query) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(playlist + query)).timeout(TIMEOUT).build();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("%s answered %d".formatted(request.uri(), answer.statusCode()));
    }
    return LivePlaylist.read(Bytes.wrap(answer.body()));
  }
}
