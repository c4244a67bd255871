package nova.app.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a person at a terminal sees of `nova`.
class NovaProcessIT {
  private static final String[] ANY_PORTS = {
    "start", "--bind", "127.0.0.1", "--rtmp-port", "0", "--http-port", "0"
  };

  private static final String[] DEMO = {
    "demo", "--bind", "127.0.0.1", "--rtmp-port", "0", "--http-port", "0"
  };

  private static final Path TLS = Path.of("src/test/resources/tls").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void first_start_prints_a_key_once_and_sigterm_ends_it_with_zero() throws Exception {
    String key;
    try (NovaProcess nova = NovaProcess.serve(folder, "start")) {
      NovaProcess.Ready ready = nova.awaitReady();
      assertThat(get(ready.http() + "/health/ready").statusCode()).isEqualTo(200);
      Matcher printed = Pattern.compile("Stream key: +([a-z2-7]{32})").matcher(nova.err());
      assertThat(printed.find()).isTrue();
      key = printed.group(1);

      long startNs = System.nanoTime();
      nova.terminate();
      assertThat(nova.awaitExit()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(10));
      assertThat(nova.out().lines()).hasSize(1);
    }

    try (NovaProcess again = NovaProcess.serve(folder, "start")) {
      NovaProcess.Ready ready = again.awaitReady();
      assertThat(again.err()).doesNotContain("Stream key:");
      try (NovaProcess publisher = publish(ready, key, "--seconds", "2")) {
        assertThat(publisher.awaitExit()).as(publisher.err()).isZero();
      }
    }
  }

  @Test
  void publisher_with_a_wrong_key_is_told_why() throws Exception {
    try (NovaProcess nova =
        NovaProcess.run(folder, Map.of("NOVA_STREAM_KEYS", "live=right-key"), ANY_PORTS)) {
      NovaProcess.Ready ready = nova.awaitReady();
      try (NovaProcess publisher = publish(ready, "wrong-key")) {
        assertThat(publisher.awaitExit()).isEqualTo(1);
        assertOneSentence(publisher.err(), "the server refused: ");
        assertThat(publisher.err()).doesNotContain("wrong-key");
      }
      assertThat(nova.get("/metrics").body())
          .contains("nova_ingest_refused_total{reason=\"unknown-key\"} 1.0");
    }
  }

  @Test
  void sigterm_during_the_start_ends_without_a_stack_trace() throws Exception {
    try (NovaProcess nova = NovaProcess.serve(folder, "start", "--log-level", "debug")) {
      nova.awaitErr("InternalLoggerFactory"); // Netty's first word, while the server is being built

      nova.terminate();

      assertThat(nova.awaitExit()).isZero();
      assertThat(nova.err()).doesNotContain("\tat ").doesNotContain("nova: ");
    }
  }

  @Test
  void sigterm_ends_a_broadcast_cleanly() throws Exception {
    try (NovaProcess nova = NovaProcess.serve(folder, "start", "--stream-key", "live=some-key")) {
      NovaProcess.Ready ready = nova.awaitReady();
      try (NovaProcess publisher = publish(ready, "some-key", "--loop")) {
        HttpResponse<String> playlist = get(ready.http() + "/hls/live/index.m3u8");
        for (int i = 0; i < 200 && playlist.statusCode() == 404; i++) { // it has yet to connect
          playlist = get(ready.http() + "/hls/live/index.m3u8");
        }
        assertThat(playlist.body()).contains("#EXT-X-STREAM-INF");

        nova.terminate();

        assertThat(nova.awaitExit()).isZero();
        assertThat(nova.err()).contains("stream over");
        assertThat(publisher.awaitExit()).isEqualTo(1);
        assertOneSentence(publisher.err(), "publishing to rtmp://127.0.0.1:");
      }
    }
  }

  @Test
  void test_pattern_and_mp4_are_published() throws Exception {
    Path mp4 = folder.resolve("clip.mp4");
    byte[] _ = // with B-frames and the run-in of the audio encoder
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60), "-i", clip().toString(), "-c", "copy", mp4.toString());
    try (NovaProcess nova = NovaProcess.serve(folder, "start", "--stream-key", "live=some-key")) {
      NovaProcess.Ready ready = nova.awaitReady();
      String url = ready.rtmp() + "/some-key";
      for (String[] command :
          new String[][] {
            {"publish", "--test-pattern", "--size", "320x180", "--seconds", "4", url},
            {"publish", "--loop", "--seconds", "10", mp4.toString(), url},
          }) {
        try (NovaProcess publisher = NovaProcess.run(folder, Map.of(), command)) {
          String playlist = nova.await("/hls/live/index.m3u8", body -> body.contains("RESOLUTION"));
          assertThat(playlist).contains("RESOLUTION=320x180").contains("mp4a.40.2");
          assertThat(publisher.awaitExit()).as(publisher.err()).isZero();
        }
      }
    }
  }

  @Test
  void demo_is_watchable_and_ends_after_its_time() throws Exception {
    try (NovaProcess nova =
        NovaProcess.serve(folder, "demo", "--seconds", "6", "--size=640x360", "--fps=25")) {
      NovaProcess.Ready ready = nova.awaitReady();
      assertThat(get(ready.http() + "/hls/demo/index.m3u8").body())
          .contains("RESOLUTION=640x360")
          .contains("FRAME-RATE=25.000")
          .contains("mp4a.40.2");
      assertThat(get(ready.http() + "/watch/demo").statusCode()).isEqualTo(200);
      assertThat(nova.awaitExit()).isZero();
      assertThat(nova.out())
          .contains(ready.http() + "/watch/demo")
          .contains(ready.http() + "/hls/demo/index.m3u8")
          .contains(ready.rtmp())
          .containsPattern("Stream key: +[a-z2-7]{32}");
    }
  }

  @Test
  void taken_ports_are_explained() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(other.getLocalPort());
      String bind = "--bind=127.0.0.1";
      String certificate = TLS.resolve("certificate.pem").toString();
      String key = TLS.resolve("key.pem").toString();
      String sentence =
          "nova: port %s for %s is taken; stop the program that uses it or choose another port"
              + " with %s";
      assertFails(
          sentence.formatted(port, "RTMP", "--rtmp-port"),
          "start",
          bind,
          "--rtmp-port",
          port,
          "--http-port",
          "0");
      assertFails(
          sentence.formatted(port, "HTTP", "--http-port"),
          "start",
          bind,
          "--rtmp-port",
          "0",
          "--http-port",
          port);
      assertFails(
          sentence.formatted(port, "HTTPS", "--https-port"),
          with(ANY_PORTS, "--https-port", port, "--tls-cert", certificate, "--tls-key", key));
    }
  }

  @Test
  void bad_configuration_is_explained() throws Exception {
    Path file = Files.writeString(folder.resolve("nova.yaml"), "rtmp:\n  prot: 1\n");
    assertFails("did you mean 'rtmp.port'?", "start", "--config", file.toString());
    assertFails("does not exist", "start", "--config", folder.resolve("none.yaml").toString());
    assertFails("port 99999", "start", "--rtmp-port", "99999");
    assertFails("expected: CHANNEL=SECRET", "start", "--stream-key", "hush");
    assertFails("is a file (expected: a folder", with(ANY_PORTS, "--data", file.toString()));
  }

  @Test
  void unreadable_files_are_explained() throws Exception {
    Path junk = Files.writeString(folder.resolve("junk.flv"), "this is no FLV file");
    assertFails("cannot be read", "publish", "none.flv", "rtmp://127.0.0.1/live/key");
    assertFails("is neither FLV nor MP4", "publish", junk.toString(), "rtmp://127.0.0.1/live/key");
    assertFails(
        "expected: rtmp://HOST:PORT/live/STREAM-KEY", "publish", junk.toString(), "http://x");
    assertFails(
        "http.tls-cert: 'none.pem' cannot be read",
        with(ANY_PORTS, "--https-port", "0", "--tls-cert", "none.pem", "--tls-key", "none.pem"));
  }

  @Test
  void missing_worker_is_explained() throws Exception {
    Path none = folder.resolve("none");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path bare = workerWithoutLibraries();
    String pattern = "nova: the test pattern needs the worker, which this installation does not";
    String mp4 = "nova: reading MP4 needs the worker, which this installation does not";
    String libraries =
        "FFmpeg's libraries do not load here (expected: Linux on x86-64 with glibc >= 2.35)";
    for (Path without : List.of(none, empty)) {
      assertFailsWith(without, pattern, DEMO);
      assertFailsWith(without, pattern, "publish", "--test-pattern", "rtmp://127.0.0.1/live/key");
    }
    Path clip = Files.write(folder.resolve("clip.mp4"), "\0\0\0\bftyp".getBytes(US_ASCII));
    assertFailsWith(none, mp4, "publish", clip.toString(), "rtmp://127.0.0.1/live/key");
    assertFailsWith(bare, "nova: the demo's broadcast ended: " + libraries, DEMO);
    try (NovaProcess nova = NovaProcess.serve(folder, "start", "--stream-key", "live=some-key")) {
      String url = nova.awaitReady().rtmp() + "/some-key";
      assertFailsWith(bare, "failed: " + libraries, "publish", "--test-pattern", url);
    }
  }

  private Path workerWithoutLibraries() throws IOException {
    Path bare = Files.createDirectory(folder.resolve("bare"));
    try (Stream<Path> jars = Files.list(Path.of(System.getProperty("nova.worker")))) {
      for (Path jar : jars.filter(j -> !j.toString().contains("linux")).toList()) {
        Path _ = Files.copy(jar, bare.resolve(jar.getFileName()));
      }
    }
    return bare;
  }

  @ParameterizedTest
  @CsvSource({
    "'', 2, Missing required subcommand",
    "strat, 2, nova start?",
    "start --rtmp-port x, 2, --rtmp-port",
    "start --prot 1, 2, Try 'nova start --help'",
    "--version, 0, nova 0",
    "start --version, 0, nova 0",
    "demo --version, 0, nova 0",
    "publish --version, 0, nova 0",
    "--help, 0, demo",
    "start --help, 0, --stream-key",
    "publish --help, 0, --test-pattern",
    "publish --test-pattern clip.flv rtmp://h/live/key, 2, expected: URL alone",
    "publish rtmp://h/live/key, 2, expected: FILE URL",
    "publish --size 64x64 clip.flv rtmp://h/live/key, 2, --size is for --test-pattern",
    "publish --test-pattern --loop rtmp://h/live/key, 2, --loop is for files",
    "publish --test-pattern --size 1281x720 rtmp://h/live/key, 2, width 1281",
    "demo --fps 121, 2, frame rate 121",
    "channel list --data d --api http://127.0.0.1:1, 2, name two servers",
    "channel list --api http://127.0.0.1:1, 2, --api needs a token",
  })
  void usage_is_explained(String arguments, int exitCode, String text) throws Exception {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    try (NovaProcess nova = NovaProcess.run(folder, Map.of(), words)) {
      assertThat(nova.awaitExit()).isEqualTo(exitCode);
      assertThat(nova.out() + nova.err()).contains(text).doesNotContain("\tat ");
    }
  }

  private NovaProcess publish(NovaProcess.Ready ready, String key, String... options)
      throws IOException {
    String[] command = {"publish", clip().toString(), ready.rtmp() + "/" + key};
    return NovaProcess.run(folder, Map.of(), with(command, options));
  }

  private Path clip() throws IOException {
    Path clip = folder.resolve("clip.flv");
    if (!Files.exists(clip)) {
      try (var in = NovaProcessIT.class.getResourceAsStream("/clip.flv")) {
        assertThat(in).isNotNull();
        Files.copy(in, clip);
      }
    }
    return clip;
  }

  private void assertFails(String text, String... arguments) throws Exception {
    assertFailsWith(Path.of(System.getProperty("nova.worker")), text, arguments);
  }

  private void assertFailsWith(Path worker, String text, String... arguments) throws Exception {
    try (NovaProcess nova = NovaProcess.run(folder, worker, arguments)) {
      assertThat(nova.awaitExit()).as(nova.err()).isEqualTo(1);
      assertThat(nova.out()).isEmpty();
      assertOneSentence(nova.err(), text);
    }
  }

  /// The last line is the sentence; what comes before is the log, never a stack trace.
  private static void assertOneSentence(String err, String text) {
    assertThat(err).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(err.strip().lines().toList().getLast()).startsWith("nova: ").contains(text);
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
  }

  private static String[] with(String[] command, String... more) {
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return all;
  }
}
