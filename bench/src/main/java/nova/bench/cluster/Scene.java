package nova.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.bench.publish.Clip;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// A broadcast of a channel through a cluster, and all that is watched of it while something is
/// broken.
///
/// *Confined to its owner's thread.*
final class Scene implements AutoCloseable {
  /// What a cluster gets to be whole again after something broke.
  static final Duration AFTERWARDS = Duration.ofSeconds(8);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int RENDITIONS = 3; // the source, a rung, the sound
  private static final String LADDER_WORKER = "nova.worker.LadderWorker";
  private static final Pattern MEDIA = Pattern.compile("URI=\"([^\"]+\\.m3u8)\"");

  private final LocalCluster cluster;
  private final String channel;
  private final Encoder encoder;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<ServiceProcess, List<Follower>> followers = new HashMap<>();

  private Scene(LocalCluster cluster, String channel, Encoder encoder) {
    this.cluster = cluster;
    this.channel = channel;
    this.encoder = encoder;
  }

  /// Goes on air, and follows all renditions at all deliveries.
  static Scene open(LocalCluster cluster, String channel, Clip clip)
      throws IOException, InterruptedException {
    Encoder encoder = Encoder.start("encoder", clip, () -> addresses(cluster, channel));
    Scene scene = new Scene(cluster, channel, encoder);
    try {
      for (ServiceProcess delivery : cluster.of("delivery")) {
        scene.follow(delivery);
      }
      return scene;
    } catch (IOException | InterruptedException | RuntimeException e) {
      scene.close();
      throw e;
    }
  }

  /// Where a channel is published to, by the convention of [#keys].
  static List<String> addresses(LocalCluster cluster, String channel) {
    return cluster.of("ingest").stream()
        .map(ingest -> ingest.address("rtmp") + "/" + key(channel))
        .toList();
  }

  private static String key(String channel) {
    return "cluster-secret-key-" + channel;
  }

  /// The setting with stream keys for channels.
  static String keys(List<String> channels) {
    return String.join(",", channels.stream().map(one -> one + "=" + key(one)).toList());
  }

  /// Follows all renditions at another delivery.
  void follow(ServiceProcess delivery) throws IOException, InterruptedException {
    URI index = URI.create(delivery.address("http") + "/hls/" + channel + "/index.m3u8");
    Set<String> playlists = await("all renditions at " + index, () -> playlists(index));
    List<Follower> all = new ArrayList<>();
    for (String playlist : playlists) {
      all.add(Follower.start(index.resolve(playlist)));
    }
    followers.put(delivery, all);
  }

  private Set<String> playlists(URI index) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(index).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      Set<String> found = new LinkedHashSet<>();
      for (String line : answer.body().lines().toList()) {
        Matcher media = MEDIA.matcher(line);
        if (line.startsWith("#EXT-X-MEDIA:") && media.find()) {
          found.add(media.group(1));
        } else if (answer.statusCode() == 200 && !line.isBlank() && !line.startsWith("#")) {
          found.add(line.strip());
        }
      }
      return found.size() < RENDITIONS ? Set.of() : found;
    } catch (IOException _) {
      return Set.of(); // not there yet
    }
  }

  LocalCluster cluster() {
    return cluster;
  }

  Encoder encoder() {
    return encoder;
  }

  String channel() {
    return channel;
  }

  /// The transcode that encodes the broadcast, which has a worker for it.
  ServiceProcess carrier() throws IOException, InterruptedException {
    return await(
            "a transcode with a worker",
            () ->
                cluster.of("transcode").stream()
                    .filter(
                        one ->
                            one.children()
                                .anyMatch(
                                    child ->
                                        child
                                            .info()
                                            .commandLine()
                                            .orElse("")
                                            .contains(LADDER_WORKER)))
                    .limit(1)
                    .toList())
        .getFirst();
  }

  /// Lets time pass.
  void play(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  /// The longest time without anything new of any rendition at a delivery, since a moment.
  double longestGap(ServiceProcess delivery, long sinceNanos) {
    return followersAt(delivery).stream()
        .mapToDouble(follower -> follower.longestGapSince(sinceNanos))
        .max()
        .orElseThrow();
  }

  List<Follower> followersAt(ServiceProcess delivery) {
    return followers.getOrDefault(delivery, List.of());
  }

  /// As [#longestGap], at all deliveries that live.
  double longestGap(long sinceNanos) {
    return cluster.of("delivery").stream()
        .mapToDouble(delivery -> longestGap(delivery, sinceNanos))
        .max()
        .orElseThrow();
  }

  /// Whether something new comes of all renditions at all deliveries, within some seconds.
  boolean goesOn() throws InterruptedException {
    long now = System.nanoTime();
    long deadline = now + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < deadline) {
      boolean all =
          cluster.of("delivery").stream()
              .flatMap(delivery -> followersAt(delivery).stream())
              .allMatch(
                  follower ->
                      follower.arrivals().stream().filter(one -> one.atNanos() > now).count() > 6);
      if (all) {
        return true;
      }
      Thread.sleep(LOOK);
    }
    return false;
  }

  /// What was wrong with numbers and segments at any delivery, or between two, since this was asked
  /// last.
  List<String> newProblems() {
    List<String> problems = new ArrayList<>();
    Map<String, String> first = new HashMap<>();
    followers.values().stream()
        .flatMap(List::stream)
        .forEach(
            follower -> {
              problems.addAll(follower.newProblems());
              follower
                  .hashes()
                  .forEach(
                      (path, hash) -> {
                        String known = first.putIfAbsent(path, hash);
                        if (known != null && !known.equals(hash)) {
                          problems.add(path + " is not the same everywhere");
                        }
                      });
            });
    return problems;
  }

  /// By how much times in playlists jumped at any delivery at most, since this was asked last.
  long newClockJumpMs() {
    return followers.values().stream()
        .flatMap(List::stream)
        .mapToLong(Follower::newClockJumpMs)
        .max()
        .orElse(0);
  }

  /// Fetches again what is still there of the segments that were fetched before, from a delivery
  /// that has nothing in its memory.
  ///
  /// @return those that changed
  List<String> changed() throws IOException, InterruptedException {
    try (ServiceProcess fresh = cluster.start("delivery")) {
      return changed(fresh);
    }
  }

  /// Fetches again what a delivery still has of the segments that were fetched before.
  ///
  /// @return those that changed
  private List<String> changed(ServiceProcess delivery) throws IOException, InterruptedException {
    List<String> changed = new ArrayList<>();
    Map<String, String> before = new HashMap<>();
    followers.values().stream().flatMap(List::stream).forEach(one -> before.putAll(one.hashes()));
    for (Map.Entry<String, String> segment : before.entrySet()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(delivery.address("http") + segment.getKey()))
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 200
          && !HexFormat.of().formatHex(Follower.sha256(answer.body())).equals(segment.getValue())) {
        changed.add(segment.getKey());
      }
    }
    return changed;
  }

  /// Asks again and again until there is something.
  private static <T extends java.util.Collection<?>> T await(String what, Callable<T> ask)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        T found = ask.call();
        if (!found.isEmpty()) {
          return found;
        }
      } catch (IOException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Thread.sleep(LOOK);
    }
    throw new IOException("there was no " + what);
  }

  @Override
  public void close() {
    followers.values().stream().flatMap(List::stream).forEach(Follower::close);
    encoder.close();
    http.shutdownNow();
  }
}
