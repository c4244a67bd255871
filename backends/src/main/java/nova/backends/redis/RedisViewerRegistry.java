package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.delivery.ViewerChange;
import nova.delivery.ViewerId;
import nova.delivery.ViewerRegistry;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [ViewerRegistry] that all delivery nodes share; [RedisViewerCounts] reads what they write.
///
/// While Redis is away nothing is kept for later: who still watches when it is back is told of
/// within ten seconds, and until then nobody is taken for gone.
///
/// Redis decides who came and who left, so one node is told of it. What is kept of a stream whose
/// last viewers left with their node goes by itself, and nobody is told.
///
/// The first node that asks for the salt of a day makes it. Each asks again every minute, and puts
/// what it has where nothing is, so that those that went on without Redis, or saw it emptied, agree
/// again.
///
/// *Thread-safe; [#seen] is for one thread.*
public final class RedisViewerRegistry implements ViewerRegistry {
  private static final Logger log = LoggerFactory.getLogger(RedisViewerRegistry.class);
  private static final RedisScript SEE =
      RedisScript.named("see-viewers", RedisType.SORTED_SET, RedisType.HASH);
  private static final RedisScript SEE_STREAMS =
      RedisScript.named("see-streams", RedisType.SORTED_SET);
  private static final RedisScript SHARE_SALT = RedisScript.named("share-salt", RedisType.STRING);
  private static final int BATCH = 500; // names per script, which nobody else's commands wait for
  private static final Bytes FORGOTTEN = StreamLeases.number(KEPT.toMillis());
  private static final Bytes MOST_FORGOTTEN = StreamLeases.number(BATCH);
  private static final Bytes NEVER = StreamLeases.number(0);
  private static final Bytes TTL = StreamLeases.number(KEPT.multipliedBy(3).toMillis());
  private static final Duration SALT_TTL = Duration.ofDays(2);
  private static final Duration SALT_CHECKED_EVERY = Duration.ofMinutes(1);
  private static final Comparator<ViewerId> IDENTIFIED_FIRST =
      Comparator.comparing(ViewerId::identified).reversed();

  private final RedisConnections connections;
  private final RedisLink link;
  private final ViewerKeys keys;
  private final RedisMetrics metrics;
  private final InstantSource clock;
  private final NanoClock nanoClock;
  private final RandomGenerator random;
  private volatile Salt salt;
  private volatile long saltCheckedNs;
  private volatile long missedNs; // when Redis was not told last

  private record Salt(LocalDate day, Bytes secret) {}

  private RedisViewerRegistry(
      RedisConnections connections,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      RandomGenerator random) {
    this.connections = connections;
    this.link = connections.link(RedisArea.VIEWERS, "viewers");
    this.keys = new ViewerKeys(link.keys());
    this.metrics = metrics;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.random = random;
    this.missedNs = nanoClock.nanoTime() - KEPT.toNanos();
    this.salt = new Salt(today(), newSecret());
    awaitSalt(shareSalt());
  }

  /// Opens the registry; waits a moment for the salt.
  ///
  /// @param clock tells the day, corrected by that of Redis
  /// @param random a secure source of salts
  /// @throws RedisStartException when Redis cannot be used
  public static RedisViewerRegistry open(
      RedisConnections connections,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      RandomGenerator random) {
    return new RedisViewerRegistry(connections, metrics, clock, nanoClock, random);
  }

  @Override
  public void seen(Map<StreamId, List<ViewerId>> viewers, Consumer<ViewerChange> changes) {
    refreshSalt();
    if (viewers.isEmpty()) {
      return;
    }
    if (!link.isOpen()) {
      failed(null);
      return;
    }
    viewers.forEach((stream, seen) -> send(stream, seen, changes));
    List<Bytes> watched =
        viewers.entrySet().stream()
            .filter(stream -> !stream.getValue().isEmpty())
            .map(stream -> Bytes.ofUtf8(stream.getKey().value()))
            .toList();
    for (int from = 0; from < watched.size(); from += BATCH) {
      List<Bytes> batch = watched.subList(from, Math.min(watched.size(), from + BATCH));
      RedisAnswers.countFailure(
          link.<Long>run(
              SEE_STREAMS,
              ScriptOutputType.INTEGER,
              List.of(keys.watched()),
              arguments(List.of(FORGOTTEN), batch)),
          "viewers",
          metrics);
    }
  }

  private void send(StreamId stream, List<ViewerId> viewers, Consumer<ViewerChange> changes) {
    List<ViewerId> sorted = viewers.stream().sorted(IDENTIFIED_FIRST).toList();
    int from = 0;
    do {
      List<ViewerId> batch = sorted.subList(from, Math.min(sorted.size(), from + BATCH));
      Bytes identified = StreamLeases.number(batch.stream().filter(ViewerId::identified).count());
      CompletionStage<?> _ =
          link.<List<Bytes>>run(
                  SEE,
                  ScriptOutputType.MULTI,
                  List.of(keys.viewers(stream), keys.came(stream)),
                  arguments(
                      List.of(forgottenAfter(), MOST_FORGOTTEN, TTL, identified),
                      batch.stream().map(viewer -> Bytes.ofUtf8(viewer.text())).toList()))
              .whenComplete(
                  (told, failure) -> {
                    if (failure == null) {
                      tell(stream, told, changes);
                    } else {
                      failed(failure);
                    }
                  });
      from += BATCH;
    } while (from < sorted.size());
  }

  private static Bytes[] arguments(List<Bytes> settings, List<Bytes> names) {
    return Stream.concat(settings.stream(), names.stream()).toArray(Bytes[]::new);
  }

  /// After Redis was away, all nodes tell it of those who watch before any of them is gone.
  private Bytes forgottenAfter() {
    boolean lately = nanoClock.nanoTime() - missedNs < KEPT.toNanos();
    return lately ? NEVER : FORGOTTEN;
  }

  private void failed(@Nullable Throwable failure) {
    missedNs = nanoClock.nanoTime();
    metrics.failed("viewers");
    log.debug("Redis was not told who watches", failure);
  }

  /// Each change is three texts, as the script has it. When as many left as it forgets at once,
  /// there may be more.
  private void tell(StreamId stream, List<Bytes> told, Consumer<ViewerChange> changes) {
    int left = 0;
    for (int i = 0; i + 2 < told.size(); i += 3) {
      Optional<ViewerId> viewer = ViewerId.ofText(told.get(i + 1).toUtf8());
      if (viewer.isEmpty()) {
        metrics.malformed("viewer");
      } else if (told.get(i).toUtf8().equals("+")) {
        changes.accept(new ViewerChange.Came(stream, viewer.get()));
      } else {
        Duration watched = Duration.ofMillis(Long.parseLong(told.get(i + 2).toUtf8()));
        changes.accept(new ViewerChange.Left(stream, viewer.get(), watched));
        left++;
      }
    }
    if (left == BATCH) {
      send(stream, List.of(), changes);
    }
  }

  @Override
  public Bytes salt() {
    return salt.secret;
  }

  private void refreshSalt() {
    LocalDate today = today();
    if (!salt.day.equals(today)) {
      salt = new Salt(today, newSecret());
      var _ = shareSalt();
    } else if (nanoClock.nanoTime() - saltCheckedNs >= SALT_CHECKED_EVERY.toNanos()) {
      var _ = shareSalt();
    }
  }

  /// Puts the salt of this node where there is none, and takes the one that is there.
  private CompletionStage<@Nullable Void> shareSalt() {
    saltCheckedNs = nanoClock.nanoTime();
    Salt own = salt;
    String key = keys.salt(own.day);
    return link.<@Nullable Bytes>run(
            SHARE_SALT,
            ScriptOutputType.VALUE,
            List.of(key),
            own.secret,
            StreamLeases.number(SALT_TTL.toSeconds()))
        .handle(
            (shared, failure) -> {
              take(own, shared, failure);
              return null;
            });
  }

  private void take(Salt own, @Nullable Bytes shared, @Nullable Throwable failure) {
    if (failure != null) {
      metrics.failed("viewer-salt");
      log.debug("the salt of the day is not known", failure);
    } else if (shared == null || shared.length() != SALT_BYTES) {
      metrics.malformed("viewer-salt");
    } else if (own.day.equals(salt.day)) {
      salt = new Salt(own.day, shared);
    }
  }

  private void awaitSalt(CompletionStage<@Nullable Void> asked) {
    try {
      Void _ = link.await(asked);
    } catch (StoreUnavailableException e) {
      log.debug("the salt of the day is asked for later", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Bytes newSecret() {
    byte[] secret = new byte[SALT_BYTES];
    random.nextBytes(secret);
    return Bytes.wrap(secret);
  }

  /// By the clock of Redis, so that all nodes have the same.
  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant().plus(connections.clockSkew()), ZoneOffset.UTC);
  }
}
