package nova.bench.viewer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import nova.bench.viewer.PartFetches.Fetch;
import nova.core.Bytes;

/// When a viewer has each part of a rendition: one blocking reload after the other, and each new
/// part fetched as soon as it is listed.
///
/// *Confined to the thread that calls it.*
///
/// @param playlist of a stream that began within the playlist's window
/// @param duration how long it is followed
public record PartFetches(HttpClient http, URI playlist, Duration duration)
    implements Callable<List<Fetch>> {
  private static final long FIRST = 1; // of every stream
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /// A part that was fetched.
  ///
  /// @param mediaEndMs its end since the begin of the stream
  /// @param atNanos when its last byte was there, by the monotonic clock
  public record Fetch(long mediaEndMs, long atNanos) {}

  @Override
  public List<Fetch> call() throws IOException, InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    LivePlaylist now = LivePlaylist.read(get(playlist));
    if (now.firstSegment() != FIRST || now.startsAtMs() < 0) {
      throw new IOException(
          "%s begins with segment %d (expected: %d, and its time)"
              .formatted(playlist, now.firstSegment(), FIRST));
    }
    long beganAtMs = now.startsAtMs();
    Set<String> known = new HashSet<>();
    now.parts().forEach(part -> known.add(part.uri()));
    List<Fetch> fetches = new ArrayList<>();
    while (System.nanoTime() < end && !now.ended()) {
      String query = "?_HLS_msn=%d&_HLS_part=%d".formatted(now.nextSegment(), now.nextPart());
      now = LivePlaylist.read(get(URI.create(playlist + query)));
      for (LivePlaylist.Part part : now.parts()) {
        if (known.add(part.uri())) {
          Bytes _ = get(playlist.resolve(part.uri()));
          fetches.add(new Fetch(part.endsAtMs() - beganAtMs, System.nanoTime()));
        }
      }
    }
    return fetches;
  }

  private Bytes get(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("%s answered %d".formatted(uri, answer.statusCode()));
    }
    return Bytes.wrap(answer.body());
  }
}
