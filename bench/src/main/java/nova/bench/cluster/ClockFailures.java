package nova.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// Machines whose clocks are not the same, by libfaketime: what a process asks for the time gets
/// another answer.
final class ClockFailures {
  private static final List<String> LIBRARIES =
      List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib");
  private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

  /// By what RedisWatch says.
  private static final String WARNING = "the clock of this machine and that of Redis are ";

  /// By what EffortControl says.
  private static final String LATE = "encoding does less: ";

  /// From a transcode's first frame until it can have found itself late.
  private static final Duration JUDGED = Duration.ofSeconds(16);

  private static final long MOST_JUMP_MS = 500; // of 5,000 that the clocks are apart

  /// Forwards, where media of another ingest begins, whose clock is that far ahead.
  private static final double MOST_MOVE = 6;

  private ClockFailures() {}

  static Failure apart() {
    return failure(
        "clocks 5 s apart: those of a delivery and of the transcode that carries the stream",
        "both warn; playlists go on, their times do not jump, and no rung is given up",
        ClockFailures::apart);
  }

  static Failure ingestApart() {
    return failure(
        "clocks 5 s apart: that of the ingest that has the broadcast, ahead and then behind",
        "both warn; playlists go on, their times never go back, and no rung is given up",
        ClockFailures::ingestApart);
  }

  /// What is told with the library that does it.
  @FunctionalInterface
  private interface Story {
    Outcome tell(Scene scene, Path library) throws IOException, InterruptedException;
  }

  private static Failure failure(String name, String expected, Story story) {
    return new Failure(
        name,
        expected,
        scene -> {
          Optional<Path> library = library();
          return library.isEmpty()
              ? Outcome.notTried("libfaketime is not installed")
              : story.tell(scene, library.get());
        });
  }

  private static Optional<Path> library() {
    return LIBRARIES.stream()
        .map(folder -> Path.of(folder, LIBRARY))
        .filter(Files::exists)
        .findFirst();
  }

  private static Map<String, String> clock(Path library, String offset) {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME", offset,
        // What measures durations is left alone, also by the workaround for glibc 2.30, which lets
        // the JVM's timed waits end at once.
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
        "NO_FAKE_STAT", "1");
  }

  private static Outcome apart(Scene scene, Path library) throws IOException, InterruptedException {
    Map<String, String> ahead = clock(library, "+5s");
    LocalCluster cluster = scene.cluster();
    long _ = scene.newClockJumpMs();
    List<String> wrong = new ArrayList<>();
    List<ServiceProcess> right = new ArrayList<>(cluster.of("transcode"));
    ServiceProcess carrier = scene.carrier();
    right.sort(Comparator.comparing(carrier::equals)); // it is the last to end
    ServiceProcess delivery = cluster.start("delivery", ahead);
    scene.follow(delivery);
    ServiceProcess transcode = cluster.start("transcode", ahead);
    long at = System.nanoTime();
    for (ServiceProcess one : right) {
      wrong.addAll(Outcome.exit(one.terminate()));
    }
    scene.play(JUDGED);
    if (!scene.carrier().equals(transcode)) {
      wrong.add(transcode.name() + " does not carry the stream");
    }
    wrong.addAll(warnsNot(delivery));
    wrong.addAll(warnsNot(transcode));
    wrong.addAll(late(transcode, 0));
    for (ServiceProcess _ : right) {
      ServiceProcess _ = cluster.start("transcode");
    }
    wrong.addAll(Outcome.exit(transcode.terminate()));
    scene.play(Scene.AFTERWARDS);
    double gap = scene.longestGap(at);
    wrong.addAll(Outcome.longer("stall", gap, TranscodeFailures.HANDOVER_SECONDS));
    long jump = scene.newClockJumpMs();
    if (jump > MOST_JUMP_MS) {
      wrong.add("times jump by %d ms (expected: %d at most)".formatted(jump, MOST_JUMP_MS));
    }
    Outcome outcome =
        Outcome.of(
            scene,
            String.format(Locale.ROOT, "stall %s, times jump by %d ms", Outcome.seconds(gap), jump),
            wrong);
    int _ = delivery.terminate();
    return outcome;
  }

  /// The clock of ingest is that of media, so it is tried by itself: the encoder moves from an
  /// ingest whose clock is right to one that is ahead, to one that is behind, and back.
  private static Outcome ingestApart(Scene scene, Path library)
      throws IOException, InterruptedException {
    List<String> wrong = new ArrayList<>();
    ServiceProcess carrier = scene.carrier();
    int late = timesLate(carrier);
    long _ = scene.newClockJumpMs();
    long at = System.nanoTime();
    List<Long> jumps = new ArrayList<>(); // within what one ingest receives
    for (String offset : List.of("+5s", "-5s")) {
      ServiceProcess off = move(scene, clock(library, offset), wrong);
      scene.play(Scene.AFTERWARDS);
      wrong.addAll(Outcome.longer("jump of times in s", scene.newClockJumpMs() / 1e3, MOST_MOVE));
      scene.play(JUDGED);
      jumps.add(scene.newClockJumpMs());
      wrong.addAll(warnsNot(off));
    }
    ServiceProcess _ = move(scene, Map.of(), wrong);
    scene.play(Scene.AFTERWARDS);
    wrong.addAll(late(carrier, late));
    double gap = scene.longestGap(at);
    wrong.addAll(Outcome.longer("stall", gap, IngestFailures.MOVE_SECONDS));
    long jump = Collections.max(jumps);
    if (jump > MOST_JUMP_MS) {
      wrong.add("times jump by %d ms (expected: %d at most)".formatted(jump, MOST_JUMP_MS));
    }
    return Outcome.of(
        scene,
        String.format(
            Locale.ROOT,
            "stall %s, times jump by %d ms while one has it",
            Outcome.seconds(gap),
            jump),
        wrong);
  }

  /// Has the encoder go on at a new ingest, which becomes the only one.
  private static ServiceProcess move(Scene scene, Map<String, String> settings, List<String> wrong)
      throws IOException, InterruptedException {
    List<ServiceProcess> before = scene.cluster().of("ingest");
    ServiceProcess next = scene.cluster().start("ingest", settings);
    for (ServiceProcess one : before) {
      wrong.addAll(Outcome.exit(one.terminate()));
    }
    return next;
  }

  private static List<String> warnsNot(ServiceProcess service) throws IOException {
    return Files.readString(service.log()).contains(WARNING)
        ? List.of()
        : List.of("%s does not warn of its clock".formatted(service.name()));
  }

  private static List<String> late(ServiceProcess transcode, int before) throws IOException {
    return timesLate(transcode) == before
        ? List.of()
        : List.of("%s takes its encoding for late".formatted(transcode.name()));
  }

  private static int timesLate(ServiceProcess transcode) throws IOException {
    return Files.readString(transcode.log()).split(LATE, -1).length - 1;
  }
}
