package nova.bench.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.cluster.ServiceProcess;

/// The transcode that carries the stream fails.
final class TranscodeFailures {
  /// A lease is lost 3 s after its last renewal, which was up to a second ago.
  private static final double DETECTION_SECONDS = 3;

  /// What a machine that is busy with everything at once may add.
  private static final double SLACK_SECONDS = 2;

  /// Of the other, which was given the stream.
  static final double HANDOVER_SECONDS = 3;

  private TranscodeFailures() {}

  static Failure killed() {
    return new Failure(
        "kill -9 of the transcode that carries the stream",
        "the other goes on with the same numbers, within 5 s",
        scene -> {
          ServiceProcess carrier = scene.carrier();
          long at = System.nanoTime();
          carrier.kill();
          scene.play(Scene.AFTERWARDS);
          double gap = scene.longestGap(at);
          ServiceProcess _ = scene.cluster().start("transcode");
          return Outcome.ofStall(scene, gap, DETECTION_SECONDS + SLACK_SECONDS);
        });
  }

  static Failure frozen() {
    return new Failure(
        "the transcode that carries the stream hangs for 10 s",
        "the other goes on, and the first one writes nothing any more",
        scene -> {
          ServiceProcess carrier = scene.carrier();
          long at = System.nanoTime();
          carrier.freeze();
          double gap;
          try {
            scene.play(Duration.ofSeconds(10));
            gap = scene.longestGap(at);
          } finally {
            carrier.thaw();
          }
          scene.play(Scene.AFTERWARDS);
          return Outcome.ofStall(scene, gap, DETECTION_SECONDS + SLACK_SECONDS);
        });
  }

  static Failure drained() {
    return new Failure(
        "SIGTERM to the transcode that carries the stream",
        "it hands over at a keyframe; the other goes on",
        scene -> {
          ServiceProcess carrier = scene.carrier();
          long at = System.nanoTime();
          int exit = carrier.terminate();
          scene.play(Scene.AFTERWARDS);
          double gap = scene.longestGap(at);
          ServiceProcess _ = scene.cluster().start("transcode");
          List<String> wrong = new ArrayList<>(Outcome.longer("stall", gap, HANDOVER_SECONDS));
          wrong.addAll(Outcome.exit(exit));
          return Outcome.of(scene, "stall " + Outcome.seconds(gap), wrong);
        });
  }
}
