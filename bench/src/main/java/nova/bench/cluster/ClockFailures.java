package nova.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  private ClockFailures() {}

  static Failure apart() {
    return new Failure(
        "clocks 5 s apart: those of a delivery and of the transcode that carries the stream",
        "both warn; playlists go on, their times do not jump, and no rung is given up",
        scene -> {
          Optional<Path> library = library();
          return library.isEmpty()
              ? Outcome.notTried("libfaketime is not installed")
              : apart(scene, ahead(library.get()));
        });
  }

  private static Optional<Path> library() {
    return LIBRARIES.stream()
        .map(folder -> Path.of(folder, LIBRARY))
        .filter(Files::exists)
        .findFirst();
  }

  private static Map<String, String> ahead(Path library) {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME", "+5s",
        // What measures durations is left alone, also by the workaround for glibc 2.30, which lets
        // the JVM's timed waits end at once.
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
        "NO_FAKE_STAT", "1");
  }

  private static Outcome apart(Scene scene, Map<String, String> ahead)
      throws IOException, InterruptedException {
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
    for (ServiceProcess one : List.of(delivery, transcode)) {
      if (!Files.readString(one.log()).contains(WARNING)) {
        wrong.add("%s does not warn of its clock".formatted(one.name()));
      }
    }
    if (Files.readString(transcode.log()).contains(LATE)) {
      wrong.add("%s takes its encoding for late".formatted(transcode.name()));
    }
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
}
