package nova.bench.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.bench.publish.Clip;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// The ingest that has the broadcast fails, or is not the only one that gets it.
final class IngestFailures {
  /// An encoder comes back after a second, and is refused while its channel is still claimed.
  private static final double COME_BACK_SECONDS = 10;

  /// It goes on at once, with another epoch.
  static final double MOVE_SECONDS = 4;

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int BOTH_LOOKS = 20; // for two seconds: who was taken over hears of it

  private IngestFailures() {}

  static Failure two(Clip clip) {
    return new Failure(
        "a second encoder with the same key at another ingest",
        "it takes over, the first is told; one writer, the same stream",
        scene -> {
          LocalCluster cluster = scene.cluster();
          ServiceProcess second = cluster.start("ingest");
          int before = scene.encoder().told().size();
          List<String> wrong = new ArrayList<>();
          long at = System.nanoTime();
          try (Encoder other =
              Encoder.startOnce(
                  "second encoder",
                  clip,
                  () -> List.of(Scene.addresses(cluster, scene.channel()).getLast()))) {
            if (publishTogether(scene, other)) {
              wrong.add("both publish");
            }
            List<String> told = scene.encoder().told();
            if (told.subList(before, told.size()).stream()
                .noneMatch(sentence -> sentence.contains("took over"))) {
              wrong.add("the first encoder was not told why: " + told);
            }
          }
          scene.play(Scene.AFTERWARDS);
          double gap = scene.longestGap(at);
          wrong.addAll(Outcome.exit(second.terminate()));
          return Outcome.of(scene, "stall " + Outcome.seconds(gap), wrong);
        });
  }

  /// Whether two encoders publish side by side for longer than a take-over takes.
  private static boolean publishTogether(Scene scene, Encoder other) throws InterruptedException {
    long end = System.nanoTime() + Scene.AFTERWARDS.toNanos();
    int both = 0;
    while (System.nanoTime() < end) {
      both = other.isPublishing() && scene.encoder().isPublishing() ? both + 1 : 0;
      if (both > BOTH_LOOKS) {
        return true;
      }
      scene.play(LOOK);
    }
    return false;
  }

  static Failure killed() {
    return new Failure(
        "kill -9 of the ingest that has the broadcast",
        "the encoder comes back to another; the same stream goes on",
        scene -> {
          ServiceProcess first = scene.cluster().of("ingest").getFirst();
          ServiceProcess _ = scene.cluster().start("ingest");
          long at = System.nanoTime();
          first.kill();
          scene.play(Scene.AFTERWARDS.multipliedBy(2));
          return Outcome.ofStall(scene, scene.longestGap(at), COME_BACK_SECONDS);
        });
  }

  static Failure drained() {
    return new Failure(
        "SIGTERM to the ingest that has the broadcast",
        "the encoder is asked to reconnect and does; the same stream goes on at another",
        scene -> {
          ServiceProcess first = scene.cluster().of("ingest").getFirst();
          ServiceProcess _ = scene.cluster().start("ingest");
          int moves = scene.encoder().moves();
          int lost = scene.encoder().told().size();
          long at = System.nanoTime();
          int exit = first.terminate();
          scene.play(Scene.AFTERWARDS.multipliedBy(2));
          double gap = scene.longestGap(at);
          List<String> wrong = new ArrayList<>(Outcome.longer("stall", gap, MOVE_SECONDS));
          wrong.addAll(Outcome.exit(exit));
          if (scene.encoder().moves() == moves) {
            wrong.add("the encoder was not asked to reconnect");
          }
          if (scene.encoder().told().size() > lost) {
            wrong.add("the encoder was disconnected: " + scene.encoder().told().getLast());
          }
          return Outcome.of(scene, "stall " + Outcome.seconds(gap), wrong);
        });
  }
}
