package nova.bench.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nova.bench.process.Gauges;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessSize;
import nova.bench.publish.Clip;
import nova.bench.viewer.Audience;
import nova.bench.viewer.LiveStream;

/// Whether the memory of the server and its workers, their threads and their open files stay
/// bounded over a long run. It goes the whole way: `./nova start`, RTMP in, ladders encoded in
/// worker processes, posters, viewers.
///
/// *Immutable.*
///
/// @param mediaMinutes how much media each of two channels gets
/// @param speed how many times faster than it plays
/// @param folder for logs, clips and the data directory
/// @param jvmFlags added to the server's, to look for the cause of growth
public record Soak(int mediaMinutes, int speed, Path folder, String jvmFlags) {
  static final Duration CLIP = Duration.ofSeconds(20);

  private static final int FRAME_RATE = 30;
  private static final int CORE_SAMPLE_RATE = 24_000; // see HeAacSink
  private static final int VIDEO_KBPS = 500;
  private static final Map<Integer, Long> RUNGS =
      Map.of(180, 600_000L, 120, 250_000L, 90, 120_000L);
  private static final Duration LADDER_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(1);
  private static final int PROGRESS_MINUTES = 5;
  private static final int VIEWERS = 2;
  private static final List<Quantity> MEMORY =
      List.of(Quantity.SERVER_MIB, Quantity.LADDER_MIB, Quantity.POSTER_MIB);
  private static final int LONG = 0; // channels
  private static final int SHORT = 1;

  /// What has to be packaged of each rendition for a minute of the run. Sound is encoded of the
  /// long stream only, the rungs of the short ones begin when their ladder is planned, and what a
  /// machine with other work does not get done in time is a gap.
  private static final Map<String, Double> LEAST_PACKAGED =
      Map.of("source", 1.9, "120p", 1.7, "90p", 1.7, "aac", 0.9);

  /// What a run showed.
  ///
  /// @param summary one sentence
  public record Verdict(List<String> table, boolean bounded, String summary) {
    public Verdict {
      table = List.copyOf(table);
    }
  }

  /// Broadcasts, samples and judges.
  ///
  /// @param progress gets a line now and then
  public Verdict run(PrintWriter progress) throws IOException, InterruptedException {
    Clip clip = clip("320x180");
    Clip other = clip("256x144");
    Path server = folder.resolve("nova");
    NovaServer.prepareLadder(server, RUNGS);
    try (NovaServer nova = NovaServer.start(server, 2, settings(), jvmFlags)) {
      Workers workers = new Workers(nova.handle());
      try (Broadcasts broadcasts = new Broadcasts(clip, other, speed, workers)) {
        broadcasts.startLong(nova.publishUrl(LONG));
        ProcessHandle encoder = awaitLadder(nova, broadcasts, workers);
        broadcasts.startShort(nova.publishUrl(SHORT));
        try (Audience audience = audience(nova)) {
          return watch(nova, broadcasts, workers, encoder, audience, progress);
        }
      }
    }
  }

  private Clip clip(String size) throws IOException, InterruptedException {
    return Clip.encode(folder, size, VIDEO_KBPS, (int) CLIP.toSeconds(), CORE_SAMPLE_RATE);
  }

  /// What the server measures by the wall clock is as much shorter as media is faster: that is how
  /// long things are kept, and none for longer than the warm-up lasts. The limit of the frame rate
  /// is one of the wall clock, too.
  private Map<String, String> settings() {
    return Map.of(
        "NOVA_RTMP_LIMITS_SOURCE_FRAME_RATE", Integer.toString(2 * FRAME_RATE * speed),
        "NOVA_RTMP_KEEP_LOG", shortened(Duration.ofSeconds(60)),
        "NOVA_PACKAGER_KEEP_ENDED", shortened(Duration.ofMinutes(10)),
        "NOVA_API_ENDED_STREAMS_KEPT", shortened(Duration.ofMinutes(10)),
        "NOVA_POSTERS_INTERVAL", shortened(Duration.ofSeconds(5)));
  }

  private String shortened(Duration usual) {
    Duration most = Duration.ofMinutes(mediaMinutes).dividedBy(6);
    Duration kept = usual.compareTo(most) < 0 ? usual : most;
    return Math.max(250, kept.dividedBy(speed).toMillis()) + "ms";
  }

  /// Waits until all rungs of the long stream can be watched.
  private static ProcessHandle awaitLadder(NovaServer nova, Broadcasts broadcasts, Workers workers)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LADDER_TIMEOUT.toNanos();
    while (playlists(nova).size() < LEAST_PACKAGED.size()) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "%s within %s (expected: %s)"
                .formatted(playlists(nova), LADDER_TIMEOUT, LEAST_PACKAGED.keySet()));
      }
      broadcasts.sleep(SAMPLE_INTERVAL);
    }
    return workers.oldestLadder().orElseThrow(() -> new IOException("the worker is gone"));
  }

  private static List<String> playlists(NovaServer nova) throws IOException, InterruptedException {
    return LiveStream.find(URI.create(nova.httpUrl("/")), NovaServer.channel(LONG))
        .mediaPlaylists();
  }

  private static Audience audience(NovaServer nova) throws IOException, InterruptedException {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), nova.httpPort());
    return Audience.join(VIEWERS, server, playlists(nova), SAMPLE_INTERVAL);
  }

  private Verdict watch(
      NovaServer nova,
      Broadcasts broadcasts,
      Workers workers,
      ProcessHandle encoder,
      Audience audience,
      PrintWriter progress)
      throws IOException, InterruptedException {
    Course course = new Course(mediaMinutes);
    Map<String, Double> before = packaged(nova.gauges());
    long began = System.nanoTime();
    int announced = 0;
    double minute = 0;
    while (minute < mediaMinutes) {
      broadcasts.sleep(SAMPLE_INTERVAL);
      minute = (System.nanoTime() - began) / 60e9 * speed;
      course.add(minute, sample(nova, encoder, workers));
      if (minute >= announced + PROGRESS_MINUTES) {
        announced += PROGRESS_MINUTES;
        progress.println("soak: %d of %d minutes".formatted(announced, mediaMinutes));
      }
    }
    Map<String, Double> packaged = packaged(nova.gauges());
    packaged.replaceAll((rendition, minutes) -> minutes - before.getOrDefault(rendition, 0.0));
    Audience.Seen seen = audience.seen();
    List<String> table = new ArrayList<>(course.table());
    table.add(
        "%d streams, %d workers killed; minutes packaged: %s; answers to %d viewers: %d"
            .formatted(
                broadcasts.streams(),
                broadcasts.killed(),
                packaged.entrySet().stream()
                    .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue()))
                    .collect(Collectors.joining(", ")),
                VIEWERS,
                seen.responses()));
    return verdict(course, table, packaged, seen);
  }

  private Verdict verdict(
      Course course, List<String> table, Map<String, Double> packaged, Audience.Seen seen) {
    for (Map.Entry<String, Double> rendition : packaged.entrySet()) {
      double least = mediaMinutes * LEAST_PACKAGED.getOrDefault(rendition.getKey(), 0.0);
      if (rendition.getValue() < least) {
        return new Verdict(
            table,
            false,
            String.format(
                Locale.ROOT,
                "soak: %.1f minutes of %s were packaged (expected: >= %.1f; is --speed too much for"
                    + " this machine?)",
                rendition.getValue(),
                rendition.getKey(),
                least));
      }
    }
    if (seen.failures() > 0) {
      return new Verdict(
          table, false, "soak: viewers failed, the first: " + seen.firstFailures().getFirst());
    }
    List<Quantity> grown = course.grown();
    return new Verdict(
        table,
        grown.isEmpty(),
        grown.isEmpty()
            ? "soak: bounded: over %d minutes of media on each of 2 channels %s"
                .formatted(mediaMinutes, rises(course, MEMORY))
            : "soak: grew: " + rises(course, grown));
  }

  private static String rises(Course course, List<Quantity> quantities) {
    return String.join(", ", quantities.stream().map(quantity -> rise(course, quantity)).toList());
  }

  private static String rise(Course course, Quantity quantity) {
    return String.format(
            Locale.ROOT,
            "%s %+.1f (at most %.1f) %s",
            quantity.sentence(),
            course.rise(quantity),
            quantity.mostRise(),
            quantity.unit())
        .strip();
  }

  private static Map<Quantity, Double> sample(
      NovaServer nova, ProcessHandle encoder, Workers workers)
      throws IOException, InterruptedException {
    Map<Quantity, Double> found = new EnumMap<>(Quantity.class);
    ProcessSize server = ProcessSize.of(nova.handle());
    found.put(Quantity.SERVER_MIB, server.residentMib());
    found.put(Quantity.SERVER_THREADS, (double) server.threads());
    found.put(Quantity.SERVER_FILES, (double) server.files());
    Gauges gauges = nova.gauges();
    found.put(Quantity.SERVER_HEAP_MIB, mib(gauges, "jvm_memory_used_bytes", "area=\"heap\""));
    found.put(
        Quantity.SERVER_DIRECT_MIB, mib(gauges, "jvm_buffer_memory_used_bytes", "id=\"direct\""));
    found.put(Quantity.WORKERS, (double) workers.count());
    if (!encoder.isAlive()) {
      throw new IOException("the worker of the long stream has ended; see the server's log");
    }
    ProcessSize ladder = ProcessSize.of(encoder);
    found.put(Quantity.LADDER_MIB, ladder.residentMib());
    found.put(Quantity.LADDER_THREADS, (double) ladder.threads());
    found.put(Quantity.LADDER_FILES, (double) ladder.files());
    ProcessHandle poster =
        workers.poster().orElseThrow(() -> new IOException("the worker of posters has ended"));
    ProcessSize posters = ProcessSize.of(poster);
    found.put(Quantity.POSTER_MIB, posters.residentMib());
    found.put(Quantity.POSTER_THREADS, (double) posters.threads());
    found.put(Quantity.POSTER_FILES, (double) posters.files());
    return found;
  }

  private static double mib(Gauges gauges, String name, String labels) throws IOException {
    return gauges.sum(name, labels) / 1048576;
  }

  /// Minutes of media in complete segments so far, of each rendition.
  private static Map<String, Double> packaged(Gauges gauges) throws IOException {
    Map<String, Double> minutes = new TreeMap<>();
    for (String rendition : LEAST_PACKAGED.keySet()) {
      String label = "rendition=\"%s\"".formatted(rendition);
      minutes.put(rendition, gauges.sum("nova_packager_segment_duration_seconds_sum", label) / 60);
    }
    return minutes;
  }
}
