package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nova.app.e2e.LivePlaylist.Segment;
import nova.app.process.NovaProcess;
import nova.app.process.RunningNova;
import nova.testkit.Ffprobe.Packet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The encoded rungs as players get them, and what becomes of them when their worker dies.
@Tag("cluster")
class LadderIT {
  private static final Duration FOLLOWED = Duration.ofSeconds(24);

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  @OneProcess("the demo is a server that publishes to itself")
  @Test
  void demoOf1080p_hasTheSameNumbersAndStartTimesInEveryRung() throws Exception {
    try (NovaProcess nova = NovaProcess.serve(directory, "demo", "--seconds", "60")) {
      String _ = nova.awaitOut("/watch/demo");
      String multivariant = awaitRungs(nova, "demo", "source", "720p", "480p");
      assertThat(multivariant)
          .contains("RESOLUTION=1920x1080", "RESOLUTION=1280x720", "RESOLUTION=854x480");
      URI master = nova.web("/hls/demo/index.m3u8");
      Map<String, NavigableMap<Long, Segment>> rungs = new TreeMap<>();
      for (URI variant : variants(master, multivariant)) {
        String text = awaitSegments(variant, 4);
        NavigableMap<Long, Segment> segments = new TreeMap<>();
        LivePlaylist.read(text, List.of()).segments().stream()
            .filter(segment -> !segment.open() && !segment.gap())
            .forEach(segment -> segments.put(segment.number(), segment));
        rungs.put(rendition(variant), segments);
      }
      assertThat(rungs).containsOnlyKeys("source", "720p", "480p");
      List<Long> common =
          rungs.get("480p").keySet().stream()
              .filter(n -> rungs.values().stream().allMatch(rung -> rung.containsKey(n)))
              .toList();
      assertThat(common).hasSizeGreaterThanOrEqualTo(3);
      for (long number : common) {
        Segment source = rungs.get("source").get(number);
        List<Packet> ofSource = packets(master, source);
        for (String rung : List.of("720p", "480p")) {
          String what = "segment %d of %s".formatted(number, rung);
          Segment encoded = rungs.get(rung).get(number);
          assertThat(encoded.time()).as("time of %s", what).isEqualTo(source.time());
          assertThat(encoded.duration()).as(what).isCloseTo(source.duration(), within(0.001));
          List<Packet> packets = packets(master, encoded);
          assertThat(packets.getFirst().key()).as("keyframe first in %s", what).isTrue();
          assertThat(start(packets)).as("start of %s", what).isEqualTo(start(ofSource));
          assertThat(packets.stream().map(Packet::dts))
              .as("decode times of %s", what)
              .containsExactlyElementsOf(ofSource.stream().map(Packet::dts).toList());
        }
      }
    }
  }

  @Test
  void workerKilled_rungGoesOnWithTheSameNumbers_andTheSourceDoesNotNotice() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "1280x720", 60, 10);
    try (RunningNova nova = RunningNova.start(directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Ffmpeg publisher = Ffmpeg.publish(clip, nova.publishUrl())) {
      String multivariant = awaitRungs(nova, nova.channel(), "source", "480p");
      URI source = variant(nova, multivariant, "source");
      URI rung = variant(nova, multivariant, "480p");
      Future<PlaylistFollower> ofSource =
          threads.submit(new PlaylistFollower(http, source, FOLLOWED));
      Future<PlaylistFollower> ofRung = threads.submit(new PlaylistFollower(http, rung, FOLLOWED));

      TimeUnit.SECONDS.sleep(6);
      ProcessHandle victim = nova.worker("nova.worker.LadderWorker");
      assertThat(victim.destroyForcibly()).isTrue();

      NavigableMap<Long, Segment> encoded = ofRung.get(90, TimeUnit.SECONDS).complete();
      NavigableMap<Long, Segment> whole = ofSource.get(90, TimeUnit.SECONDS).complete();
      assertThat(nova.worker("nova.worker.LadderWorker").pid())
          .as("another worker")
          .isNotEqualTo(victim.pid());
      assertThat(encoded.values()).as("segments of the rung").noneMatch(Segment::gap);
      assertThat(encoded.keySet())
          .as("no number is missing")
          .containsExactlyElementsOf(range(encoded.firstKey(), encoded.lastKey()));
      assertThat(encoded.lastKey()).isGreaterThanOrEqualTo(whole.lastKey() - 2);
      assertThat(whole.values()).noneMatch(Segment::gap);
      encoded.forEach(
          (number, segment) -> {
            if (whole.containsKey(number)) {
              assertThat(segment.time()).isEqualTo(whole.get(number).time());
            }
          });
      assertThat(nova.metrics())
          .contains("nova_transcode_worker_restarts_total{reason=\"worker-exited\"} 1.0");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static List<Long> range(long first, long last) {
    List<Long> numbers = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      numbers.add(number);
    }
    return numbers;
  }

  private static String awaitRungs(RunningNova nova, String channel, String... rungs)
      throws Exception {
    return nova.await(
        "/hls/" + channel + "/index.m3u8",
        body ->
            List.of(rungs).stream().allMatch(rung -> body.contains("/" + rung + "/index.m3u8")));
  }

  private static List<URI> variants(URI master, String multivariant) {
    return multivariant
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(master::resolve)
        .toList();
  }

  private static URI variant(RunningNova nova, String multivariant, String rung) throws Exception {
    return variants(nova.web("/hls/" + nova.channel() + "/index.m3u8"), multivariant).stream()
        .filter(uri -> rendition(uri).equals(rung))
        .findFirst()
        .orElseThrow();
  }

  /// `/hls/{stream}/{rendition}/index.m3u8`
  private static String rendition(URI playlist) {
    return Path.of(playlist.getPath()).getName(2).toString();
  }

  private String awaitSegments(URI playlist, int count) throws Exception {
    String text = get(playlist);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (text.lines().filter(line -> line.startsWith("#EXTINF")).count() < count) {
      assertThat(System.nanoTime()).as(text).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(500);
      text = get(playlist);
    }
    return text;
  }

  private String get(URI uri) throws Exception {
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(uri.toString()).isEqualTo(200);
    return answer.body();
  }

  private List<Packet> packets(URI base, Segment segment) throws Exception {
    return SegmentPackets.of(http, base, segment, directory);
  }

  private static long start(List<Packet> packets) {
    return packets.stream().collect(Collectors.summarizingLong(Packet::pts)).getMin();
  }
}
