package nova.bench.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Follows one rendition at one delivery as a low-latency player does, writes down when each part
/// was there, fetches each part and each segment once, and looks for what must never be: a number
/// that is missing or goes back, a time that does, a gap, media that is listed and cannot be had, a
/// segment that changes or is not its parts.
///
/// *Thread-safe.*
final class Follower implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final long MOST_BACK_MS = 200; // beyond what is rounded and corrected
  private static final int KEPT_PROBLEMS = 10;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final URI playlist;
  private final Thread thread;
  private final List<Arrival> arrivals = new ArrayList<>(); // guarded by `this`, as what follows
  private final Map<Long, MediaPlaylist.Segment> listed = new TreeMap<>();
  private final Map<String, String> hashes = new TreeMap<>();
  private final Set<String> wanted = new TreeSet<>(); // listed, and not to be had so far
  private final Map<Long, ByteArrayOutputStream> parts = new TreeMap<>(); // of open segments
  private final List<String> problems = new ArrayList<>();
  private int refused;
  private long nextSegment;
  private long clockJumpMs;
  private volatile boolean closing;

  /// Something new in the playlist.
  ///
  /// @param number of its segment
  /// @param endsAtMs wall-clock time of the last frame by the playlist; -1 when it does not say
  record Arrival(long number, long atNanos, long atMs, long endsAtMs) {}

  private Follower(URI playlist) {
    this.playlist = playlist;
    this.thread = Thread.ofVirtual().name("follower " + playlist).unstarted(this::run);
  }

  /// Begins to follow a media playlist.
  static Follower start(URI playlist) {
    Follower follower = new Follower(playlist);
    follower.thread.start();
    return follower;
  }

  private void run() {
    String query = "";
    long newestNumber = -1;
    int newestPart = -1;
    try {
      while (!closing) {
        try {
          MediaPlaylist now =
              MediaPlaylist.read(
                  new String(bytes(URI.create(playlist + query)), StandardCharsets.UTF_8));
          long atNanos = System.nanoTime();
          long atMs = System.currentTimeMillis();
          for (MediaPlaylist.Part part : now.parts()) {
            boolean later = part.number() == newestNumber && part.index() > newestPart;
            if (later || part.number() > newestNumber) {
              newestNumber = part.number();
              newestPart = part.index();
              add(new Arrival(part.number(), atNanos, atMs, part.endsAtMs()));
              fetch(part);
            }
          }
          for (MediaPlaylist.Segment segment : now.segments()) {
            if (segment.number() > newestNumber) {
              newestNumber = segment.number();
              newestPart = Integer.MAX_VALUE;
              add(new Arrival(segment.number(), atNanos, atMs, -1));
            }
          }
          check(now);
          fetchNew(now);
          if (now.ended()) {
            return;
          }
          query = "?_HLS_msn=%d&_HLS_part=%d".formatted(now.nextSegment(), now.nextPart());
        } catch (IOException e) {
          refused();
          query = "";
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // close()
    }
  }

  private byte[] bytes(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("%s answered %d".formatted(uri, answer.statusCode()));
    }
    return answer.body();
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The body of any answer, whatever its status.
  static String text(URI uri) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private synchronized void add(Arrival arrival) {
    arrivals.add(arrival);
  }

  private synchronized void refused() {
    refused++;
  }

  private synchronized void check(MediaPlaylist now) {
    if (now.nextSegment() < nextSegment) {
      problem("the playlist went back from %d to %d".formatted(nextSegment, now.nextSegment()));
    }
    nextSegment = now.nextSegment();
    now.parts().stream()
        .filter(MediaPlaylist.Part::gap)
        .forEach(part -> problem("part %d.%d is a gap".formatted(part.number(), part.index())));
    MediaPlaylist.@Nullable Segment before = null;
    for (MediaPlaylist.Segment segment : now.segments()) {
      MediaPlaylist.Segment known = listed.putIfAbsent(segment.sequence(), segment);
      if (known != null && !known.equals(segment)) {
        problem("%s became %s".formatted(known, segment));
      }
      if (segment.gap()) {
        problem("segment %d is a gap".formatted(segment.number()));
      }
      if (before != null && segment.number() != before.number() + 1) {
        problem("%d follows %d".formatted(segment.number(), before.number()));
      }
      if (before != null && known == null) {
        long jumpMs = segment.startsAtMs() - before.endsAtMs();
        clockJumpMs = Math.max(clockJumpMs, Math.abs(jumpMs));
        if (jumpMs < -MOST_BACK_MS) {
          problem("times go back by %d ms at segment %d".formatted(-jumpMs, segment.number()));
        }
      }
      before = segment;
    }
  }

  private void problem(String what) {
    if (problems.size() < KEPT_PROBLEMS && !problems.contains(what)) {
      problems.add(what);
    }
  }

  /// Parts that come one after the other from the first make up their segment.
  private void fetch(MediaPlaylist.Part part) throws InterruptedException {
    boolean sinceTheMiddle = part.index() > 0 && !parts.containsKey(part.number());
    if (part.gap() || sinceTheMiddle) {
      return;
    }
    try {
      byte[] bytes = bytes(playlist.resolve(part.uri()));
      parts.computeIfAbsent(part.number(), _ -> new ByteArrayOutputStream()).writeBytes(bytes);
    } catch (IOException e) {
      refused();
      ByteArrayOutputStream _ = parts.remove(part.number());
    }
  }

  private void fetchNew(MediaPlaylist now) throws InterruptedException {
    for (MediaPlaylist.Segment segment : now.segments()) {
      String uri = playlist.resolve(segment.uri()).getPath();
      boolean isNew = segment.sequence() + 3 > now.nextSegment();
      synchronized (this) {
        boolean ofBefore = !isNew && !wanted.contains(uri);
        if (segment.gap() || hashes.containsKey(uri) || ofBefore) {
          continue;
        }
        wanted.add(uri);
      }
      try {
        byte[] bytes = bytes(playlist.resolve(uri));
        keep(segment, uri, bytes);
      } catch (IOException e) {
        refused(); // and it is asked for again for as long as it is listed
      }
    }
  }

  private synchronized void keep(MediaPlaylist.Segment segment, String uri, byte[] bytes) {
    ByteArrayOutputStream made = parts.remove(segment.number());
    if (made != null && made.size() > bytes.length) {
      problem("segment %d is shorter than its parts".formatted(segment.number()));
    } else if (made != null
        && !Arrays.equals(made.toByteArray(), Arrays.copyOf(bytes, made.size()))) {
      problem("segment %d does not begin with its parts".formatted(segment.number()));
    }
    hashes.put(uri, HexFormat.of().formatHex(sha256(bytes)));
    wanted.remove(uri);
  }

  /// All that was new so far, in order.
  synchronized List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  /// What was wrong with numbers and segments since this was asked last.
  synchronized List<String> newProblems() {
    List<String> found = new ArrayList<>(problems);
    problems.clear();
    if (wanted.size() > 1) { // the newest may be on its way
      found.add("listed and not to be had: " + wanted);
    }
    return found;
  }

  /// By how much the times of two segments that follow each other differ from what the first one
  /// lasts, at most, since this was asked last.
  synchronized long newClockJumpMs() {
    long found = clockJumpMs;
    clockJumpMs = 0;
    return found;
  }

  /// Requests that were refused or lost.
  synchronized int refusals() {
    return refused;
  }

  /// SHA-256 of each segment that was fetched, by path.
  synchronized Map<String, String> hashes() {
    return Map.copyOf(hashes);
  }

  /// The longest time without anything new since a moment, in seconds; until now when nothing came.
  synchronized double longestGapSince(long nanos) {
    long last = nanos;
    long longest = 0;
    for (Arrival arrival : arrivals) {
      if (arrival.atNanos() >= nanos) {
        longest = Math.max(longest, arrival.atNanos() - last);
        last = arrival.atNanos();
      }
    }
    return Math.max(longest, System.nanoTime() - last) / 1e9;
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    http.shutdownNow();
  }
}
