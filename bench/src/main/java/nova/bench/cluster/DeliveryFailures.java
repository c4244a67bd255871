package nova.bench.cluster;

import java.util.ArrayList;
import java.util.List;
import nova.cluster.ServiceProcess;

/// A delivery fails, and players are at another.
final class DeliveryFailures {
  private static final double UNNOTICED_SECONDS = 1.5; // by a player with a second of buffer

  private DeliveryFailures() {}

  static Failure killed() {
    return new Failure(
        "kill -9 of a delivery",
        "players at the other see nothing",
        scene -> {
          ServiceProcess killed = scene.cluster().of("delivery").getFirst();
          ServiceProcess other = scene.cluster().of("delivery").getLast();
          long at = System.nanoTime();
          int before = refusals(scene, other);
          killed.kill();
          scene.play(Scene.AFTERWARDS);
          double gap = scene.longestGap(other, at);
          int refused = refusals(scene, other) - before;
          scene.follow(scene.cluster().start("delivery"));
          List<String> wrong =
              new ArrayList<>(Outcome.longer("gap at the other", gap, UNNOTICED_SECONDS));
          if (refused > 0) {
            wrong.add(refused + " requests refused at the other");
          }
          return Outcome.of(scene, "longest gap at the other " + Outcome.seconds(gap), wrong);
        });
  }

  private static int refusals(Scene scene, ServiceProcess delivery) {
    return scene.followersAt(delivery).stream().mapToInt(Follower::refusals).sum();
  }

  static Failure drained() {
    return new Failure(
        "SIGTERM to a delivery",
        "transfers end, then the process does; players at the other see nothing",
        scene -> {
          ServiceProcess drained = scene.cluster().of("delivery").getFirst();
          ServiceProcess other = scene.cluster().of("delivery").getLast();
          long at = System.nanoTime();
          int exit = drained.terminate();
          double took = (System.nanoTime() - at) / 1e9;
          scene.play(Scene.AFTERWARDS);
          double gap = scene.longestGap(other, at);
          scene.follow(scene.cluster().start("delivery"));
          List<String> wrong =
              new ArrayList<>(Outcome.longer("gap at the other", gap, UNNOTICED_SECONDS));
          wrong.addAll(Outcome.exit(exit));
          return Outcome.of(
              scene,
              "ended after %s, longest gap at the other %s"
                  .formatted(Outcome.seconds(took), Outcome.seconds(gap)),
              wrong);
        });
  }
}
