package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nova.app.e2e.LivePlaylist.Segment;
import nova.app.process.NovaProcess;
import nova.app.process.PreparedLadder;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.media.flv.FlvTag;
import nova.testkit.Ffprobe.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sources as encoders should not send them, all at once into one server: each has its rung,
/// segment for segment, or one sentence that says why not, and no worker is started more often than
/// needed.
class OddSourcesIT {
  private static final int SECONDS = 11;
  private static final long SENT_MS = 10_600; // of which the last keyframe is at 10 s
  private static final String RUNG = "144p";
  private static final Map<Integer, Long> LADDER = Map.of(360, 1_500_000L, 144, 250_000L);
  private static final Map<String, String> SETTINGS =
      Map.of(
          "NOVA_STREAM_KEYS",
          "resized=key-resized,unsteady=key-unsteady,keyless=key-keyless"
              + ",damaged=key-damaged,tenbit=key-tenbit");

  // 21 of 30 frames per second, and 8 s from keyframe to keyframe.
  private static final String[] UNSTEADY = {
    "-vf", "select='gt(mod(n*7919\\,13)\\,3)'", "-vsync", "vfr", "-bf", "3", "-b_strategy", "0"
  };

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void oddSources_haveTheirRungs_orOneSentence_andNoWorkerIsRestarted() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Map<String, OddTags>> sources = threads.submit(this::sources);
      try (NovaProcess nova = PreparedLadder.start(directory, LADDER, SETTINGS)) {
        drive(nova, sources.get(60, TimeUnit.SECONDS), threads);
      }
    }
  }

  private Map<String, OddTags> sources() throws IOException, InterruptedException {
    OddTags usual = clip("usual.flv", "320x180", 60);
    return Map.of(
        "resized", usual.untilThen(6_000, clip("resized.flv", "320x240", 60)),
        "unsteady", clip("unsteady.flv", "320x180", 166, UNSTEADY),
        "keyless", usual.withoutKeyframes(4_000, 10_000),
        // Pictures that nothing comes of, and then silence: the worker owes nothing.
        "damaged",
            usual.damaged(1, 0.3, 3_000, 6_500).undecodable(2, 6_500, 6_900).silent(6_900, 10_000),
        "tenbit", clip("tenbit.flv", "320x180", 60, "-pix_fmt", "yuv420p10le"));
  }

  private void drive(NovaProcess nova, Map<String, OddTags> sources, ExecutorService threads)
      throws Exception {
    List<RtmpPublisher> publishers = new ArrayList<>();
    List<Future<?>> sent = new ArrayList<>();
    for (Map.Entry<String, OddTags> source : sources.entrySet()) {
      RtmpPublisher publisher =
          RtmpPublisher.connect(PublishTarget.parse(nova.rtmp("/live/key-" + source.getKey())));
      publishers.add(publisher);
      sent.add(threads.submit(() -> send(source.getValue(), publisher)));
    }
    for (Future<?> all : sent) {
      var _ = all.get(60, TimeUnit.SECONDS);
    }

    List<Segment> resized = segmentsLikeTheSources(nova, "resized", 4);
    assertThat(resized.stream().map(Segment::map).distinct()).as("sizes").hasSize(2);
    var _ = segmentsLikeTheSources(nova, "unsteady", 2);
    var _ = segmentsLikeTheSources(nova, "keyless", 2);
    var _ = segmentsLikeTheSources(nova, "damaged", 3);

    assertThat(nova.get("/api/v1/streams").body())
        .containsOnlyOnce("H.264 video is 4:2:0 with 10 bits (expected: 4:2:0 with 8 bits)");
    assertThat(nova.get("/hls/tenbit/index.m3u8").body())
        .contains("mp4a.40.2")
        .doesNotContain("avc1");
    assertThat(count(nova, "nova_transcode_worker_start_seconds_count"))
        .as("one worker for each source with rungs, and one for the other size")
        .isEqualTo(5);
    assertThat(count(nova, "nova_transcode_worker_restarts_total")).as(nova.err()).isZero();
    assertThat(count(nova, "nova_packager_rungs_misaligned_total")).as(nova.err()).isZero();
    for (RtmpPublisher publisher : publishers) {
      publisher.close();
    }
  }

  private OddTags clip(String name, String size, int framesPerGop, String... options)
      throws IOException, InterruptedException {
    return OddTags.read(Ffmpeg.clip(directory, name, size, framesPerGop, SECONDS, options));
  }

  /// In real time, until all was sent. The connection stays.
  private static Void send(OddTags source, RtmpPublisher publisher)
      throws IOException, InterruptedException {
    long zeroNs = System.nanoTime();
    for (FlvTag tag : source.tags()) {
      if (tag.timestampMs() >= SENT_MS) {
        break;
      }
      long dueNs = zeroNs + TimeUnit.MILLISECONDS.toNanos(tag.timestampMs());
      TimeUnit.NANOSECONDS.sleep(dueNs - System.nanoTime());
      publisher.send(tag);
    }
    return null;
  }

  /// The complete segments of a rung, of which none is a gap, and each begins and ends with the one
  /// of the source of the same number.
  private List<Segment> segmentsLikeTheSources(NovaProcess nova, String channel, int atLeast)
      throws Exception {
    String master = "/hls/" + channel + "/index.m3u8";
    String line =
        nova.await(master, body -> body.contains("/" + RUNG + "/"))
            .lines()
            .filter(l -> l.endsWith("/" + RUNG + "/index.m3u8"))
            .findFirst()
            .orElseThrow();
    URI playlist = nova.web(master).resolve(line);
    List<Segment> rung =
        complete(
            nova.await(
                playlist.getPath(),
                body -> body.lines().filter(l -> l.startsWith("#EXTINF")).count() >= atLeast));
    Map<Long, Segment> source =
        complete(nova.get(playlist.resolve("../source/index.m3u8").getPath()).body()).stream()
            .collect(Collectors.toMap(Segment::number, segment -> segment));
    for (Segment segment : rung) {
      String what = "segment %d of %s".formatted(segment.number(), channel);
      assertThat(segment.gap()).as("%s is a gap: %s", what, nova.err()).isFalse();
      Segment of = source.get(segment.number());
      if (of == null) {
        assertThat(segment).as("the source has that one still open").isSameAs(rung.getLast());
        continue;
      }
      assertThat(segment.duration()).as(what).isCloseTo(of.duration(), within(0.002));
      if (!segment.time().equals(of.time())) {
        assertCutWithinAGroup(playlist, segment, of, what);
      }
    }
    return rung;
  }

  /// There the source cannot tell yet when what follows is shown, but it is decoded at one time.
  private void assertCutWithinAGroup(URI server, Segment rung, Segment source, String what)
      throws Exception {
    Packet own = SegmentPackets.of(http, server, rung, directory).getFirst();
    Packet of = SegmentPackets.of(http, server, source, directory).getFirst();
    assertThat(own.key()).as("keyframe first in %s", what).isTrue();
    assertThat(of.key()).as("keyframe first in the source's %s", what).isFalse();
    assertThat(own.dts()).as("begin of %s", what).isEqualTo(of.dts());
  }

  private static List<Segment> complete(String playlist) {
    return LivePlaylist.read(playlist, List.of()).segments().stream()
        .filter(segment -> !segment.open())
        .toList();
  }

  /// The sum of a metric over its labels.
  private static double count(NovaProcess nova, String metric) throws Exception {
    return Pattern.compile("^" + metric + "(\\{.*\\})? (.*)$", Pattern.MULTILINE)
        .matcher(nova.get("/metrics").body())
        .results()
        .mapToDouble(sample -> Double.parseDouble(sample.group(2)))
        .sum();
  }
}
