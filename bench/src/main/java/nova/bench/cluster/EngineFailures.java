package nova.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nova.cluster.EmbeddedRedis;
import nova.cluster.ServiceProcess;

/// What the services share fails: Redis, Kafka.
final class EngineFailures {
  private static final Duration REDIS_AWAY = Duration.ofSeconds(30);
  private static final Duration KAFKA_AWAY = Duration.ofSeconds(10);
  private static final double SEGMENTS_SECONDS = 6; // between two that come whole, and not in parts
  private static final double PARTS_SECONDS = 1; // between two parts, at most
  private static final int FEWEST_SEGMENTS = 8; // of 15, while Redis is away

  private EngineFailures() {}

  static Failure redisEmptied() {
    return new Failure(
        "Redis restarted empty",
        "the packager puts its window again; players go on",
        scene -> {
          long at = System.nanoTime();
          scene.cluster().redis().restart();
          scene.play(Scene.AFTERWARDS.multipliedBy(2));
          return Outcome.ofStall(scene, scene.longestGap(at), SEGMENTS_SECONDS);
        });
  }

  static Failure redisAway() {
    return new Failure(
        "Redis away for 30 s",
        "whole segments go on from disk, parts pause, health says so",
        scene -> withoutRedis(scene, EmbeddedRedis::stop, EmbeddedRedis::start, "DOWN"));
  }

  static Failure redisHanging() {
    return new Failure(
        "Redis hangs for 30 s",
        "as when it is away, though its connections stay",
        scene -> withoutRedis(scene, EmbeddedRedis::freeze, EmbeddedRedis::thaw, "DOWN"));
  }

  static Failure redisRefusingWrites() {
    return new Failure(
        "Redis refuses writes for 30 s",
        "whole segments go on from disk, parts pause; nobody loses a stream",
        scene -> {
          ServiceProcess carrier = scene.carrier();
          int told = scene.encoder().told().size();
          long at = System.nanoTime();
          Outcome outcome =
              withoutRedis(scene, EmbeddedRedis::refuseWrites, EmbeddedRedis::takeWrites, "UP");
          List<String> wrong = new ArrayList<>(outcome.wrong());
          if (scene.longestGap(at) < PARTS_SECONDS) {
            wrong.add("parts did not pause, so writes were not refused");
          }
          if (!scene.carrier().name().equals(carrier.name())) {
            wrong.add(
                "%s took the stream from %s".formatted(scene.carrier().name(), carrier.name()));
          }
          if (scene.encoder().told().size() > told) {
            wrong.add("the encoder was told: " + scene.encoder().told().getLast());
          }
          return new Outcome(outcome.measured(), wrong, true);
        });
  }

  /// @param status what delivery says of Redis meanwhile
  private static Outcome withoutRedis(
      Scene scene,
      Consumer<EmbeddedRedis> takeAway,
      Consumer<EmbeddedRedis> giveBack,
      String status)
      throws IOException, InterruptedException {
    EmbeddedRedis redis = scene.cluster().redis();
    List<String> wrong = new ArrayList<>();
    long at = System.nanoTime();
    takeAway.accept(redis);
    long segments;
    double gap;
    try {
      scene.play(REDIS_AWAY);
      segments = fewestSegments(scene, at);
      gap = scene.longestGap(at);
      for (ServiceProcess delivery : scene.cluster().of("delivery")) {
        String health = Follower.text(URI.create(delivery.address("http") + "/health/ready"));
        if (!health.contains("{\"name\":\"redis\",\"status\":\"%s\"}".formatted(status))) {
          wrong.add(
              "%s says of Redis (expected: %s): %s".formatted(delivery.name(), status, health));
        }
      }
    } finally {
      giveBack.accept(redis);
    }
    scene.play(Scene.AFTERWARDS.multipliedBy(2));
    wrong.addAll(Outcome.longer("gap", gap, SEGMENTS_SECONDS));
    if (segments < FEWEST_SEGMENTS) {
      wrong.add(
          "only %d segments (expected: %d) in %d s"
              .formatted(segments, FEWEST_SEGMENTS, REDIS_AWAY.toSeconds()));
    }
    return Outcome.of(
        scene,
        "%d segments meanwhile, longest gap %s".formatted(segments, Outcome.seconds(gap)),
        wrong);
  }

  /// Segments that were new since a moment, where they were fewest.
  private static long fewestSegments(Scene scene, long sinceNanos) {
    return scene.cluster().of("delivery").stream()
        .flatMap(delivery -> scene.followersAt(delivery).stream())
        .mapToLong(
            follower ->
                follower.arrivals().stream()
                    .filter(one -> one.atNanos() > sinceNanos)
                    .map(Follower.Arrival::number)
                    .distinct()
                    .count())
        .min()
        .orElseThrow();
  }

  static Failure kafkaAway() {
    return new Failure(
        "Kafka away for 10 s",
        "ingest keeps what it gets; all of it comes afterwards, nothing corrupt",
        scene -> {
          int lost = scene.encoder().told().size();
          long at = System.nanoTime();
          scene.cluster().kafka().stop();
          try {
            scene.play(KAFKA_AWAY);
          } finally {
            scene.cluster().kafka().startAgain();
          }
          scene.play(Scene.AFTERWARDS.multipliedBy(2));
          double gap = scene.longestGap(at);
          List<String> wrong = new ArrayList<>();
          if (scene.encoder().told().size() > lost) {
            wrong.add("the encoder was disconnected: " + scene.encoder().told().getLast());
          }
          wrong.addAll(Outcome.longer("stall", gap, KAFKA_AWAY.toSeconds() + 5.0));
          return Outcome.of(scene, "stall " + Outcome.seconds(gap), wrong);
        });
  }
}
