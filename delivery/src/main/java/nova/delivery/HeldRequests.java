package nova.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// The requests that one event loop holds, by stream and by what they wait for.
///
/// *Confined to its event loop*, except [#wake] and [#stop].
public final class HeldRequests {
  private static final Duration SWEEP = Duration.ofMillis(200);

  /// Names a request to hold.
  ///
  /// @param address of the client, for the limit per address
  /// @param limit how long to hold it
  public record Request(
      StreamId stream, RequestKind kind, String address, Awaited awaited, Duration limit) {}

  /// A request while it is held.
  public interface Hold {
    /// Its client is gone: it will not be answered. Harmless once it was answered.
    void forget();
  }

  private final LoopExecutor loop;
  private final TimelineStore timelines;
  private final NanoClock clock;
  private final DeliveryMetrics metrics;
  private final HoldLimits limits;

  // The map is read by writers of timelines; its values are touched on the loop only.
  private final ConcurrentMap<StreamId, StreamHolds> streams = new ConcurrentHashMap<>();
  private boolean sweeping;
  private boolean stopped;

  HeldRequests(
      LoopExecutor loop,
      TimelineStore timelines,
      NanoClock clock,
      DeliveryMetrics metrics,
      HoldLimits limits) {
    this.loop = loop;
    this.timelines = timelines;
    this.clock = clock;
    this.metrics = metrics;
    this.limits = limits;
  }

  /// Holds a request until what it waits for is there or never will be, or the time is up, and then
  /// calls `answer` exactly once.
  ///
  /// @return empty when it was answered before this returned
  public Optional<Hold> hold(Request request, Consumer<HoldOutcome> answer) {
    Optional<TimelineSnapshot> before = timelines.find(request.stream());
    if (before.isEmpty() || isDecided(request, before.get())) {
      answer.accept(outcome(request.awaited(), before));
      return Optional.empty();
    }
    Refusal refusal =
        stopped ? Refusal.STOPPING : limits.tryAcquire(request.address(), request.stream());
    if (refusal != null) {
      metrics.refused(refusal);
      answer.accept(new HoldOutcome.Refused(refusal));
      return Optional.empty();
    }
    Held held = new Held(request, answer);
    streams.computeIfAbsent(request.stream(), StreamHolds::new).add(held);
    metrics.holdStarted(request.kind());
    startSweeping();
    // A change between the look above and the registration has woken nobody: look again.
    long seen = before.get().version();
    if (timelines.find(request.stream()).map(now -> now.version() != seen).orElse(true)) {
      wake(request.stream());
    }
    return Optional.of(held);
  }

  /// Tells that a stream changed. Any thread; costs nothing when nobody waits for it here.
  public void wake(StreamId stream) {
    StreamHolds holds = streams.get(stream);
    if (holds != null && holds.due.compareAndSet(false, true)) {
      loop.execute(() -> judge(holds));
    }
  }

  /// Refuses all that is held and all that comes. Any thread.
  void stop() {
    loop.execute(
        () -> {
          stopped = true;
          List<Held> all = new ArrayList<>();
          streams.values().forEach(holds -> holds.groups.values().forEach(all::addAll));
          all.forEach(held -> metrics.refused(Refusal.STOPPING));
          all.forEach(held -> held.finish(new HoldOutcome.Refused(Refusal.STOPPING)));
        });
  }

  private static boolean isDecided(Request request, TimelineSnapshot snapshot) {
    return request.awaited().in(snapshot) != Awaited.Readiness.WAIT;
  }

  private static HoldOutcome outcome(Awaited awaited, Optional<TimelineSnapshot> snapshot) {
    if (snapshot.isEmpty()) {
      return new HoldOutcome.Gone();
    }
    return switch (awaited.in(snapshot.get())) {
      case READY -> new HoldOutcome.Ready(snapshot.get());
      case WITHDRAWN -> new HoldOutcome.Withdrawn(snapshot.get());
      case WAIT -> new HoldOutcome.TimedOut(snapshot.get());
    };
  }

  private void judge(StreamHolds holds) {
    holds.due.set(false);
    Optional<TimelineSnapshot> snapshot = timelines.find(holds.stream);
    // Answering may bring the connection's next request in at once, which may be held: first take
    // all that are decided, then answer.
    List<Held> decided = new ArrayList<>();
    List<HoldOutcome> outcomes = new ArrayList<>();
    for (Map.Entry<Awaited, Set<Held>> group : holds.groups.entrySet()) {
      if (snapshot.isPresent() && group.getKey().in(snapshot.get()) == Awaited.Readiness.WAIT) {
        continue;
      }
      HoldOutcome outcome = outcome(group.getKey(), snapshot);
      for (Held held : group.getValue()) {
        decided.add(held);
        outcomes.add(outcome);
      }
    }
    for (int i = 0; i < decided.size(); i++) {
      decided.get(i).finish(outcomes.get(i));
    }
  }

  private void startSweeping() {
    if (!sweeping) {
      sweeping = true;
      loop.schedule(SWEEP, this::sweep);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = clock.nanoTime();
    for (StreamHolds holds : streams.values()) {
      List<Held> late = holds.lateAt(now);
      if (!late.isEmpty()) {
        Optional<TimelineSnapshot> snapshot = timelines.find(holds.stream);
        late.forEach(held -> held.finish(outcome(held.request.awaited(), snapshot)));
      }
    }
    if (!streams.isEmpty()) {
      startSweeping();
    }
  }

  /// What is held for one stream.
  private static final class StreamHolds {
    final StreamId stream;
    final AtomicBoolean due = new AtomicBoolean(); // a task that judges is on its way
    final Map<Awaited, Set<Held>> groups = new LinkedHashMap<>();

    StreamHolds(StreamId stream) {
      this.stream = stream;
    }

    void add(Held held) {
      groups.computeIfAbsent(held.request.awaited(), _ -> new LinkedHashSet<>()).add(held);
    }

    void remove(Held held) {
      Set<Held> group = groups.get(held.request.awaited());
      if (group != null && group.remove(held) && group.isEmpty()) {
        groups.remove(held.request.awaited());
      }
    }

    List<Held> lateAt(long now) {
      List<Held> late = new ArrayList<>();
      for (Set<Held> group : groups.values()) {
        Iterator<Held> oldestFirst = group.iterator();
        while (oldestFirst.hasNext()) {
          Held held = oldestFirst.next();
          if (now - held.deadlineNs < 0) {
            break; // who waits for the same has the same limit, so the rest came later
          }
          late.add(held);
        }
      }
      return late;
    }
  }

  /// One held request.
  private final class Held implements Hold {
    final Request request;
    final long startNs;
    final long deadlineNs;
    private final Consumer<HoldOutcome> answer;
    private boolean done;

    Held(Request request, Consumer<HoldOutcome> answer) {
      this.request = request;
      this.answer = answer;
      this.startNs = clock.nanoTime();
      this.deadlineNs = startNs + request.limit().toNanos();
    }

    @Override
    public void forget() {
      leave();
    }

    void finish(HoldOutcome outcome) {
      if (leave()) {
        if (outcome instanceof HoldOutcome.TimedOut) {
          metrics.refused(Refusal.HELD_TOO_LONG);
        }
        answer.accept(outcome);
      }
    }

    private boolean leave() {
      if (done) {
        return false;
      }
      done = true;
      StreamHolds holds = streams.get(request.stream());
      if (holds != null) {
        holds.remove(this);
        if (holds.groups.isEmpty()) {
          streams.remove(request.stream(), holds);
        }
      }
      limits.release(request.address(), request.stream());
      metrics.holdEnded(request.kind(), clock.nanoTime() - startNs);
      return true;
    }
  }
}
