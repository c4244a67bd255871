package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import nova.app.e2e.LivePlaylist.Part;
import nova.app.e2e.LivePlaylist.Segment;

/// Follows one media playlist with blocking reloads, as a player does, and checks what the
/// specification demands of it and of what it lists.
///
/// Spec: rfc8216bis-22 §4.4, §6.2.
final class PlaylistFollower implements Callable<PlaylistFollower> {
  private final HttpClient http;
  private final URI uri;
  private final Duration duration;
  private final Map<String, byte[]> media = new HashMap<>(); // by URI, as first fetched
  private final NavigableMap<Long, Segment> complete = new TreeMap<>();
  private int deltas;
  private int hintsKept;

  PlaylistFollower(HttpClient http, URI uri, Duration duration) {
    this.http = http;
    this.uri = uri;
    this.duration = duration;
  }

  /// Every complete segment that was seen, by number.
  NavigableMap<Long, Segment> complete() {
    return complete;
  }

  int deltas() {
    return deltas;
  }

  /// Preload hints that the next playlist kept.
  int hintsKept() {
    return hintsKept;
  }

  @Override
  public PlaylistFollower call() throws Exception {
    long deadline = System.nanoTime() + duration.toNanos();
    LivePlaylist now = LivePlaylist.read(text(""), List.of());
    checkWithin(now);
    for (int reload = 0; System.nanoTime() < deadline; reload++) {
      LivePlaylist before = now;
      Segment last = before.last();
      String wanted =
          last.open()
              ? "?_HLS_msn=%d&_HLS_part=%d".formatted(last.number(), last.parts().size())
              : "?_HLS_msn=%d&_HLS_part=0".formatted(last.number() + 1);
      now =
          LivePlaylist.read(
              text(wanted + (reload % 2 == 0 ? "&_HLS_skip=YES" : "")), before.segments());
      deltas += now.delta() ? 1 : 0;
      checkWithin(now);
      checkBetween(before, now);
      fetch(before, now);
    }
    // Nothing that was ever named may have changed or gone within these seconds.
    for (Map.Entry<String, byte[]> fetched : media.entrySet()) {
      assertThat(bytes(fetched.getKey())).as(fetched.getKey()).isEqualTo(fetched.getValue());
    }
    return this;
  }

  private static void checkWithin(LivePlaylist playlist) {
    Segment before = null;
    double fromEnd = 0;
    for (Segment segment : playlist.segments().reversed()) {
      String name = "segment " + segment.number();
      if (!segment.open() && !segment.gap()) {
        assertThat(segment.parts().isEmpty()).as("parts of %s", name).isEqualTo(fromEnd >= 12);
      }
      fromEnd += segment.duration();
    }
    for (Segment segment : playlist.segments()) {
      String name = "segment " + segment.number();
      assertThat(Math.round(segment.duration())).as(name).isLessThanOrEqualTo(4);
      assertThat(segment.map()).as("map of %s", name).isNotEmpty();
      double parts = segment.parts().stream().mapToDouble(Part::duration).sum();
      if (!segment.parts().isEmpty()) {
        assertThat(parts).as("parts of %s", name).isCloseTo(segment.duration(), within(1e-4));
      }
      for (int i = 0; i < segment.parts().size(); i++) {
        Part part = segment.parts().get(i);
        assertThat(part.duration()).as(part.uri()).isLessThanOrEqualTo(playlist.partTarget());
        if (!part.independent() && i < segment.parts().size() - 1) {
          assertThat(part.duration()).as(part.uri()).isGreaterThan(0.85 * playlist.partTarget());
        }
      }
      if (before != null && !segment.discontinuity()) {
        assertThat(segment.map()).as("map of %s", name).isEqualTo(before.map());
        assertThat(Duration.between(before.time(), segment.time()).toMillis() / 1e3)
            .as("time of %s", name)
            .isCloseTo(before.duration(), within(0.02));
      }
      before = segment;
    }
  }

  private void checkBetween(LivePlaylist before, LivePlaylist now) {
    assertThat(now.header()).isEqualTo(before.header());
    assertThat(now.mediaSequence()).isGreaterThanOrEqualTo(before.mediaSequence());
    long left =
        before.segments().stream()
            .filter(s -> s.number() < now.mediaSequence() && s.discontinuity())
            .count();
    assertThat(now.discontinuitySequence()).isEqualTo(before.discontinuitySequence() + left);
    for (Segment old : before.segments()) {
      now.segments().stream()
          .filter(s -> s.number() == old.number())
          .forEach(s -> checkGrown(old, s));
    }
    assertThat(now.last().number()).isGreaterThanOrEqualTo(before.last().number());
    List<String> added = parts(now);
    added.removeAll(parts(before));
    if (!before.hint().isEmpty() && !added.isEmpty()) {
      assertThat(added.getFirst()).as("hinted part").isEqualTo(before.hint());
      hintsKept++;
    }
  }

  private static void checkGrown(Segment old, Segment now) {
    String name = "segment " + old.number();
    assertThat(now.discontinuities()).as("%s", name).isEqualTo(old.discontinuities());
    assertThat(now.map()).as("map of %s", name).isEqualTo(old.map());
    assertThat(now.time()).as("time of %s", name).isEqualTo(old.time());
    if (!now.parts().isEmpty()) {
      assertThat(now.parts()).as("parts of %s", name).startsWith(old.parts().toArray(Part[]::new));
    }
    if (!old.open()) {
      assertThat(now.uri()).isEqualTo(old.uri());
      assertThat(now.duration()).as("duration of %s", name).isEqualTo(old.duration());
    }
  }

  /// Fetches what is new: everything listed is there, and a segment is its parts.
  private void fetch(LivePlaylist before, LivePlaylist now) throws Exception {
    for (Segment segment : now.segments()) {
      if (segment.number() < before.last().number() || segment.gap()) {
        continue;
      }
      remember(segment.map());
      ByteArrayOutputStream parts = new ByteArrayOutputStream();
      for (Part part : segment.parts()) {
        parts.writeBytes(remember(part.uri()));
      }
      if (!segment.open()) {
        assertThat(remember(segment.uri())).as(segment.uri()).isEqualTo(parts.toByteArray());
        complete.put(segment.number(), segment);
      }
    }
  }

  private byte[] remember(String name) throws Exception {
    byte[] known = media.get(name);
    if (known == null) {
      known = bytes(name);
      media.put(name, known);
    }
    return known;
  }

  private byte[] bytes(String name) throws Exception {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(uri.resolve(name)).timeout(Duration.ofSeconds(20)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).as(name).isEqualTo(200);
    return response.body();
  }

  private String text(String query) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri.resolve(uri.getPath() + query))
                .timeout(Duration.ofSeconds(20))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as("%s: %s", query, response.body()).isEqualTo(200);
    return response.body();
  }

  private static List<String> parts(LivePlaylist playlist) {
    List<String> uris = new ArrayList<>();
    playlist.segments().forEach(s -> s.parts().forEach(part -> uris.add(part.uri())));
    return uris;
  }
}
