package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import nova.app.process.NovaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing on an event loop blocks: the JVM's flight recorder watches a server at work.
class EventLoopIT {
  private static final String KEY = "a-secret-key-for-tests";

  /// Waiting that hands the loop's time to somebody else. Shorter waits for a lock are contention
  /// on a busy machine, not blocking.
  private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

  private static final String SETTINGS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <configuration version="2.0">
        <event name="jdk.ThreadSleep"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.ThreadPark"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">50 ms</setting></event>
        <event name="jdk.JavaMonitorEnter"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">50 ms</setting></event>
        <event name="jdk.JavaMonitorWait"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.FileRead"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.FileWrite"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.FileForce"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.SocketRead"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.SocketWrite"><setting name="enabled">true</setting><setting name="stackTrace">true</setting><setting name="threshold">0 ms</setting></event>
        <event name="jdk.ExecutionSample"><setting name="enabled">true</setting><setting name="period">20 ms</setting></event>
      </configuration>
      """;

  @TempDir private Path directory;

  @Test
  void server_publishedToAndWatched_neverBlocksAnEventLoop() throws Exception {
    Path clip = Ffmpeg.clip(directory, "clip.flv", "640x360", 60, 10);
    Path settings = Files.writeString(directory.resolve("watch.jfc"), SETTINGS);
    Path recording = directory.resolve("watch.jfr");
    try (NovaProcess nova = NovaProcess.start(directory, "--stream-key", "live=" + KEY)) {
      try (Ffmpeg publisher = Ffmpeg.publish(clip, nova.rtmp("/live/" + KEY))) {
        nova.await("/hls/live/index.m3u8", body -> body.contains("#EXT-X-STREAM-INF"));
        // What follows has been done once, so that classes are loaded and the recording sees the
        // work.
        watchTheStream(nova, 1);
        jcmd(nova.pid(), "JFR.start", "name=watch", "settings=" + settings);
        watchTheStream(nova, 10);
        publisher.kill();
      }
      try (Ffmpeg again = Ffmpeg.publish(clip, nova.rtmp("/live/" + KEY))) {
        nova.await("/api/v1/streams", body -> body.contains("ACTIVE"));
        TimeUnit.SECONDS.sleep(2);
        again.stop();
      }
      jcmd(nova.pid(), "JFR.dump", "name=watch", "filename=" + recording);
      assertThat(recording).isNotEmptyFile();
      nova.terminate();
      assertThat(nova.awaitExit()).isZero();
    }

    Watched watched = watch(recording);
    assertThat(watched.loopsSeen())
        .as("samples on event loops, so that silence means something")
        .isPositive();
    assertThat(watched.blocked()).as("events that block an event loop").isEmpty();
  }

  /// The directives for the part after the last one listed.
  private static String next(String playlist) {
    long sequence =
        playlist
            .lines()
            .filter(line -> line.startsWith("#EXT-X-MEDIA-SEQUENCE:"))
            .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
            .findFirst()
            .orElseThrow();
    long complete = playlist.lines().filter(line -> line.startsWith("#EXTINF:")).count();
    return "?_HLS_msn=" + (sequence + complete);
  }

  private static void watchTheStream(NovaProcess nova, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      String playlist = nova.get("/hls/live/source/index.m3u8").body();
      assertThat(nova.get("/hls/live/source/index.m3u8" + next(playlist)).statusCode())
          .isEqualTo(200);
      for (String path : List.of("/watch/live", "/api/v1/streams", "/metrics")) {
        assertThat(nova.get(path).statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  private static void jcmd(long pid, String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(pid));
    line.addAll(List.of(command));
    Process jcmd =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(jcmd.waitFor(60, TimeUnit.SECONDS)).as("%s in time", line).isTrue();
    assertThat(jcmd.exitValue()).as("exit code of %s", line).isZero();
  }

  private record Watched(long loopsSeen, List<String> blocked) {}

  private static Watched watch(Path recording) throws IOException {
    long loopsSeen = 0;
    List<String> blocked = new ArrayList<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        RecordedThread thread =
            event.getEventType().getName().equals("jdk.ExecutionSample")
                ? event.getThread("sampledThread")
                : event.getThread();
        if (thread == null || thread.getJavaName() == null || !isEventLoop(thread.getJavaName())) {
          continue;
        }
        if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
          loopsSeen++;
        } else if (!isHarmless(event)
            && (!isWaitForLock(event) || event.getDuration().compareTo(LONGEST_WAIT) > 0)) {
          blocked.add(event.toString());
        }
      }
    }
    return new Watched(loopsSeen, blocked);
  }

  private static boolean isEventLoop(String thread) {
    return thread.startsWith("rtmp-") || thread.startsWith("vert.x-eventloop");
  }

  private static boolean isWaitForLock(RecordedEvent event) {
    String name = event.getEventType().getName();
    return name.equals("jdk.ThreadPark") || name.equals("jdk.JavaMonitorEnter");
  }

  /// Reading a jar for the first use of a class happens once; `/dev/urandom` never blocks; a thread
  /// of ours that waits for its next task is idle.
  private static boolean isHarmless(RecordedEvent event) {
    return event.getStackTrace() != null
        && event.getStackTrace().getFrames().stream()
            .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName())
            .anyMatch(
                method ->
                    method.startsWith("java.lang.ClassLoader.")
                        || method.startsWith("jdk.internal.loader.")
                        || method.startsWith("sun.security.provider.NativePRNG")
                        || method.endsWith("SingleThreadEventExecutor.takeTask"));
  }
}
