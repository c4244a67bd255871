package nova.delivery;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.core.ViewerCount;
import org.jspecify.annotations.Nullable;

/// [ViewerRegistry] of one process.
///
/// The viewers of a stream are in the order in which they were seen last, so that those who left
/// are found without looking at the others, and counting waits for nobody.
///
/// *Thread-safe.*
public final class InProcessViewerRegistry implements ViewerRegistry {
  private final InstantSource clock;
  private final NanoClock nanoClock;
  private final RandomGenerator random;
  private final ConcurrentMap<StreamId, Watching> streams = new ConcurrentHashMap<>();
  private volatile Salt salt;

  private record Salt(LocalDate day, Bytes secret) {}

  /// @param clock tells the day
  /// @param random a secure source of salts
  public InProcessViewerRegistry(InstantSource clock, NanoClock nanoClock, RandomGenerator random) {
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.random = random;
    this.salt = newSalt(today());
  }

  @Override
  public void seen(Map<StreamId, List<ViewerId>> viewers) {
    long now = nanoClock.nanoTime();
    viewers.forEach(
        (stream, seen) ->
            streams.compute(
                stream,
                (_, known) -> {
                  Watching watching = known == null ? new Watching() : known;
                  watching.seen(seen, now);
                  return watching;
                }));
    for (StreamId stream : streams.keySet()) {
      streams.computeIfPresent(stream, (_, watching) -> watching.forgetGone(now) ? watching : null);
    }
  }

  /// How many watched a stream when [#seen] was called last. Returns at once.
  public ViewerCount count(StreamId stream) {
    @Nullable Watching watching = streams.get(stream);
    return watching == null ? ViewerCount.NONE : watching.count;
  }

  @Override
  public Bytes salt() {
    LocalDate today = today();
    Salt known = salt;
    if (!known.day.equals(today)) {
      known = newSaltUnlessMade(today);
    }
    return known.secret;
  }

  private synchronized Salt newSaltUnlessMade(LocalDate today) {
    if (!salt.day.equals(today)) {
      salt = newSalt(today);
    }
    return salt;
  }

  private Salt newSalt(LocalDate day) {
    byte[] secret = new byte[SALT_BYTES];
    random.nextBytes(secret);
    return new Salt(day, Bytes.wrap(secret));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /// Streams with viewers.
  int size() {
    return streams.size();
  }

  /// The viewers of a stream. Changed by one thread at a time.
  private static final class Watching {
    private final LinkedHashMap<ViewerId, Long> seenAtNs = new LinkedHashMap<>(16, 0.75f, true);
    private int identified;
    volatile ViewerCount count = ViewerCount.NONE;

    void seen(List<ViewerId> viewers, long now) {
      for (ViewerId viewer : viewers) {
        if (seenAtNs.put(viewer, now) == null && viewer.identified()) {
          identified++;
        }
      }
    }

    /// @return whether there are others
    boolean forgetGone(long now) {
      Iterator<Map.Entry<ViewerId, Long>> oldestFirst = seenAtNs.entrySet().iterator();
      while (oldestFirst.hasNext()) {
        Map.Entry<ViewerId, Long> oldest = oldestFirst.next();
        if (now - oldest.getValue() < KEPT.toNanos()) {
          break;
        }
        if (oldest.getKey().identified()) {
          identified--;
        }
        oldestFirst.remove();
      }
      publish();
      return !seenAtNs.isEmpty();
    }

    private void publish() {
      ViewerCount now = new ViewerCount(identified, seenAtNs.size() - identified);
      if (!now.equals(count)) {
        count = now;
      }
    }
  }
}
