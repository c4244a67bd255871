package nova.delivery;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
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
  public void seen(Map<StreamId, List<ViewerId>> viewers, Consumer<ViewerChange> changes) {
    long now = nanoClock.nanoTime();
    viewers.forEach(
        (stream, seen) ->
            streams.compute(
                stream,
                (_, known) -> {
                  Watching watching = known == null ? new Watching() : known;
                  watching.seen(stream, seen, now, changes);
                  return watching;
                }));
    for (StreamId stream : streams.keySet()) {
      streams.computeIfPresent(
          stream, (_, watching) -> watching.forgetGone(stream, now, changes) ? watching : null);
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
    private final LinkedHashMap<ViewerId, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);
    private int identified;
    volatile ViewerCount count = ViewerCount.NONE;

    void seen(StreamId stream, List<ViewerId> viewers, long now, Consumer<ViewerChange> changes) {
      for (ViewerId viewer : viewers) {
        @Nullable Seen known = seen.get(viewer);
        if (known != null && now - known.lastNs < KEPT.toNanos()) {
          known.lastNs = now;
          continue;
        }
        if (known == null && viewer.identified()) {
          identified++;
        } else if (known != null) {
          changes.accept(left(stream, viewer, known));
        }
        seen.put(viewer, new Seen(now));
        changes.accept(new ViewerChange.Came(stream, viewer));
      }
    }

    /// @return whether there are others
    boolean forgetGone(StreamId stream, long now, Consumer<ViewerChange> changes) {
      Iterator<Map.Entry<ViewerId, Seen>> oldestFirst = seen.entrySet().iterator();
      while (oldestFirst.hasNext()) {
        Map.Entry<ViewerId, Seen> oldest = oldestFirst.next();
        if (now - oldest.getValue().lastNs < KEPT.toNanos()) {
          break;
        }
        if (oldest.getKey().identified()) {
          identified--;
        }
        changes.accept(left(stream, oldest.getKey(), oldest.getValue()));
        oldestFirst.remove();
      }
      publish();
      return !seen.isEmpty();
    }

    private static ViewerChange left(StreamId stream, ViewerId viewer, Seen seen) {
      return new ViewerChange.Left(stream, viewer, Duration.ofNanos(seen.lastNs - seen.firstNs));
    }

    private void publish() {
      ViewerCount now = new ViewerCount(identified, seen.size() - identified);
      if (!now.equals(count)) {
        count = now;
      }
    }
  }

  /// When a viewer was seen.
  private static final class Seen {
    private final long firstNs;
    private long lastNs;

    Seen(long now) {
      this.firstNs = now;
      this.lastNs = now;
    }
  }
}
