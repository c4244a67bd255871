package nova.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nova.bench.publish.Clip;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// All failures that a cluster is tried with, in their order.
final class Failures {
  /// A lease is lost 3 s after its last renewal, which was up to a second ago.
  private static final double DETECTION_SECONDS = 3;

  /// What a machine that is busy with everything at once may add.
  private static final double SLACK_SECONDS = 2;

  private static final double UNNOTICED_SECONDS = 1.5; // by a player with a second of buffer
  private static final Duration AFTERWARDS = Duration.ofSeconds(8);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int BOTH_LOOKS = 20; // for two seconds: who was taken over hears of it

  private Failures() {}

  static List<Failure> all(Clip clip) {
    return List.of(
        new KilledTranscode(),
        new FrozenTranscode(),
        new DrainedTranscode(),
        new KilledDelivery(),
        new DrainedDelivery(),
        new EmptiedRedis(),
        new RedisAway(),
        new KafkaAway(),
        new TwoIngests(clip),
        new KilledIngest(),
        new DrainedIngest());
  }

  private static Failure.Outcome outcome(Scene scene, String measured, List<String> wrong)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(wrong);
    if (!scene.goesOn()) {
      all.add("the stream does not go on");
    }
    all.addAll(scene.newProblems());
    scene.changed().forEach(path -> all.add(path + " changed"));
    return new Failure.Outcome(measured, all);
  }

  private static List<String> longer(String what, double seconds, double limit) {
    return seconds <= limit
        ? List.of()
        : List.of(String.format(Locale.ROOT, "%s %.1f s (expected: %.1f)", what, seconds, limit));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  private record KilledTranscode() implements Failure {
    @Override
    public String name() {
      return "kill -9 of the transcode that carries the stream";
    }

    @Override
    public String expected() {
      return "the other goes on with the same numbers, within 5 s";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess carrier = scene.carrier();
      long at = System.nanoTime();
      carrier.kill();
      scene.play(AFTERWARDS);
      double gap = scene.longestGap(at);
      ServiceProcess _ = scene.cluster().start("transcode");
      return outcome(
          scene, "stall " + seconds(gap), longer("stall", gap, DETECTION_SECONDS + SLACK_SECONDS));
    }
  }

  private record FrozenTranscode() implements Failure {
    @Override
    public String name() {
      return "the transcode that carries the stream hangs for 10 s";
    }

    @Override
    public String expected() {
      return "the other goes on, and the first one writes nothing any more";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess carrier = scene.carrier();
      long at = System.nanoTime();
      carrier.freeze();
      scene.play(Duration.ofSeconds(10));
      double gap = scene.longestGap(at);
      carrier.thaw();
      scene.play(AFTERWARDS);
      return outcome(
          scene, "stall " + seconds(gap), longer("stall", gap, DETECTION_SECONDS + SLACK_SECONDS));
    }
  }

  private record DrainedTranscode() implements Failure {
    @Override
    public String name() {
      return "SIGTERM to the transcode that carries the stream";
    }

    @Override
    public String expected() {
      return "it hands over at a keyframe; the other goes on";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess carrier = scene.carrier();
      long at = System.nanoTime();
      int exit = carrier.terminate();
      scene.play(AFTERWARDS);
      double gap = scene.longestGap(at);
      ServiceProcess _ = scene.cluster().start("transcode");
      List<String> wrong = new ArrayList<>(longer("stall", gap, DETECTION_SECONDS));
      if (exit != 0) {
        wrong.add("exit code " + exit);
      }
      return outcome(scene, "stall " + seconds(gap), wrong);
    }
  }

  private record KilledDelivery() implements Failure {
    @Override
    public String name() {
      return "kill -9 of a delivery";
    }

    @Override
    public String expected() {
      return "players at the other see nothing";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess killed = scene.cluster().of("delivery").getFirst();
      ServiceProcess other = scene.cluster().of("delivery").getLast();
      long at = System.nanoTime();
      int before = scene.followersAt(other).stream().mapToInt(Follower::refusals).sum();
      killed.kill();
      scene.play(AFTERWARDS);
      double gap = scene.longestGap(other, at);
      int refused = scene.followersAt(other).stream().mapToInt(Follower::refusals).sum() - before;
      scene.follow(scene.cluster().start("delivery"));
      List<String> wrong = new ArrayList<>(longer("gap at the other", gap, UNNOTICED_SECONDS));
      if (refused > 0) {
        wrong.add(refused + " requests refused at the other");
      }
      return outcome(scene, "longest gap at the other %s".formatted(seconds(gap)), wrong);
    }
  }

  private record DrainedDelivery() implements Failure {
    @Override
    public String name() {
      return "SIGTERM to a delivery";
    }

    @Override
    public String expected() {
      return "transfers end, then the process does; players at the other see nothing";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess drained = scene.cluster().of("delivery").getFirst();
      ServiceProcess other = scene.cluster().of("delivery").getLast();
      long at = System.nanoTime();
      int exit = drained.terminate();
      double took = (System.nanoTime() - at) / 1e9;
      scene.play(AFTERWARDS);
      double gap = scene.longestGap(other, at);
      scene.follow(scene.cluster().start("delivery"));
      List<String> wrong = new ArrayList<>(longer("gap at the other", gap, UNNOTICED_SECONDS));
      if (exit != 0) {
        wrong.add("exit code " + exit);
      }
      return outcome(
          scene,
          "ended after %s, longest gap at the other %s".formatted(seconds(took), seconds(gap)),
          wrong);
    }
  }

  private record EmptiedRedis() implements Failure {
    @Override
    public String name() {
      return "Redis restarted empty";
    }

    @Override
    public String expected() {
      return "the packager puts its window again; players go on";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      long at = System.nanoTime();
      scene.cluster().redis().restart();
      scene.play(AFTERWARDS.plus(AFTERWARDS));
      double gap = scene.longestGap(at);
      return outcome(scene, "stall " + seconds(gap), longer("stall", gap, 6));
    }
  }

  private record RedisAway() implements Failure {
    private static final Duration AWAY = Duration.ofSeconds(30);

    @Override
    public String name() {
      return "Redis away for 30 s";
    }

    @Override
    public String expected() {
      return "whole segments go on from disk, parts pause, health says so";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      long at = System.nanoTime();
      scene.cluster().redis().stop();
      scene.play(AWAY);
      List<String> wrong = new ArrayList<>();
      long whole =
          scene.cluster().of("delivery").stream()
              .flatMap(delivery -> scene.followersAt(delivery).stream())
              .mapToLong(
                  follower ->
                      follower.arrivals().stream()
                          .filter(one -> one.atNanos() > at)
                          .map(Follower.Arrival::number)
                          .distinct()
                          .count())
              .min()
              .orElseThrow();
      for (ServiceProcess delivery : scene.cluster().of("delivery")) {
        String health = Follower.text(URI.create(delivery.address("http") + "/health/ready"));
        if (!health.contains("{\"name\":\"redis\",\"status\":\"DOWN\"}")) {
          wrong.add("%s does not say that Redis is away: %s".formatted(delivery.name(), health));
        }
      }
      double gap = scene.longestGap(at);
      scene.cluster().redis().start();
      scene.play(AFTERWARDS.plus(AFTERWARDS));
      wrong.addAll(longer("gap", gap, 6));
      if (whole < 8) {
        wrong.add("only %d segments in 30 s".formatted(whole));
      }
      return outcome(
          scene, "%d segments meanwhile, longest gap %s".formatted(whole, seconds(gap)), wrong);
    }
  }

  private record KafkaAway() implements Failure {
    private static final Duration AWAY = Duration.ofSeconds(10);

    @Override
    public String name() {
      return "Kafka away for 10 s";
    }

    @Override
    public String expected() {
      return "ingest keeps what it gets; all of it comes afterwards, nothing corrupt";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      int lost = scene.encoder().told().size();
      long at = System.nanoTime();
      scene.cluster().kafka().stop();
      scene.play(AWAY);
      scene.cluster().kafka().startAgain();
      scene.play(AFTERWARDS.plus(AFTERWARDS));
      double gap = scene.longestGap(at);
      List<String> wrong = new ArrayList<>();
      if (scene.encoder().told().size() > lost) {
        wrong.add("the encoder was disconnected: " + scene.encoder().told().getLast());
      }
      wrong.addAll(longer("stall", gap, AWAY.toMillis() / 1e3 + 5));
      return outcome(scene, "stall " + seconds(gap), wrong);
    }
  }

  private record TwoIngests(Clip clip) implements Failure {
    @Override
    public String name() {
      return "a second encoder with the same key at another ingest";
    }

    @Override
    public String expected() {
      return "it takes over, the first is told; one writer, the same stream";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
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
        long end = System.nanoTime() + AFTERWARDS.toNanos();
        int both = 0;
        while (System.nanoTime() < end) {
          both = other.isPublishing() && scene.encoder().isPublishing() ? both + 1 : 0;
          if (both > BOTH_LOOKS) {
            wrong.add("both publish");
            break;
          }
          scene.play(LOOK);
        }
        List<String> told = scene.encoder().told();
        if (told.subList(before, told.size()).stream()
            .noneMatch(sentence -> sentence.contains("took over"))) {
          wrong.add("the first encoder was not told why: " + told);
        }
      }
      scene.play(AFTERWARDS);
      double gap = scene.longestGap(at);
      int exit = second.terminate();
      if (exit != 0) {
        wrong.add("exit code " + exit);
      }
      return outcome(scene, "stall " + seconds(gap), wrong);
    }
  }

  private record KilledIngest() implements Failure {
    @Override
    public String name() {
      return "kill -9 of the ingest that has the broadcast";
    }

    @Override
    public String expected() {
      return "the encoder comes back to another; the same stream goes on";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess first = scene.cluster().of("ingest").getFirst();
      ServiceProcess _ = scene.cluster().start("ingest");
      long at = System.nanoTime();
      first.kill();
      scene.play(AFTERWARDS.plus(AFTERWARDS));
      double gap = scene.longestGap(at);
      return outcome(scene, "stall " + seconds(gap), longer("stall", gap, 10));
    }
  }

  private record DrainedIngest() implements Failure {
    @Override
    public String name() {
      return "SIGTERM to the ingest that has the broadcast";
    }

    @Override
    public String expected() {
      return "the encoder is asked to come back; the same stream goes on at another";
    }

    @Override
    public Outcome cause(Scene scene) throws Exception {
      ServiceProcess first = scene.cluster().of("ingest").getFirst();
      ServiceProcess _ = scene.cluster().start("ingest");
      long at = System.nanoTime();
      int exit = first.terminate();
      scene.play(AFTERWARDS.plus(AFTERWARDS));
      double gap = scene.longestGap(at);
      List<String> wrong = new ArrayList<>(longer("stall", gap, 10));
      if (exit != 0) {
        wrong.add("exit code " + exit);
      }
      return outcome(scene, "stall " + seconds(gap), wrong);
    }
  }
}
