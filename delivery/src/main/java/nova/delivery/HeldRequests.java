package nova.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
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
/// When a part is complete, thousands of answers are due at once. The short ones go first:
/// playlists before parts, and a part of audio before one of video. So nobody waits behind more
/// bytes than his own answer has.
///
/// *Confined to its event loop*, except [#wake] and [#stop].
public final class HeldRequests {
  private static final Duration SWEEP = Duration.ofMillis(200);
  private static final int ANSWERS_AT_ONCE = 32;

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
  private final PriorityQueue<Decided> decided = new PriorityQueue<>();
  private boolean answering; // a task that answers is on its way
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
    if (stopped) {
      metrics.refused(Refusal.STOPPING);
      answer.accept(new HoldOutcome.Stopped(before.get()));
      return Optional.empty();
    }
    Refusal refusal = limits.tryAcquire(request.address(), request.stream());
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

  /// Answers all that is held, and from here on what comes, without a wait. Any thread.
  void stop() {
    loop.execute(
        () -> {
          stopped = true;
          List<Held> all = new ArrayList<>();
          streams.values().forEach(holds -> holds.groups.values().forEach(all::addAll));
          all.forEach(held -> metrics.refused(Refusal.STOPPING));
          all.forEach(
              held ->
                  held.finish(
                      timelines
                          .find(held.request.stream())
                          .<HoldOutcome>map(HoldOutcome.Stopped::new)
                          .orElseGet(HoldOutcome.Gone::new)));
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
    Iterator<Map.Entry<Awaited, Set<Held>>> groups = holds.groups.entrySet().iterator();
    while (groups.hasNext()) {
      Map.Entry<Awaited, Set<Held>> group = groups.next();
      Awaited awaited = group.getKey();
      if (snapshot.isEmpty() || awaited.in(snapshot.get()) != Awaited.Readiness.WAIT) {
        groups.remove();
        long mediaBytes = snapshot.map(awaited::mediaBytes).orElse(0L);
        decided.add(new Decided(mediaBytes, outcome(awaited, snapshot), group.getValue()));
      }
    }
    if (!answering) {
      answerDecided();
    }
  }

  /// Answers some of those that are decided and leaves the others to a later task, so that what is
  /// decided meanwhile and is shorter need not wait for them.
  private void answerDecided() {
    answering = false;
    try {
      for (int i = 0; i < ANSWERS_AT_ONCE && !decided.isEmpty(); i++) {
        Decided shortest = decided.element();
        // Answering may bring the connection's next request in at once, which may be held or
        // decided: nothing here is iterated that this could change.
        Held held = shortest.requests.next();
        if (!shortest.requests.hasNext()) {
          decided.remove();
        }
        held.finish(shortest.outcome);
      }
    } finally {
      if (!decided.isEmpty()) {
        answering = true;
        loop.execute(this::answerDecided);
      }
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

  /// Requests whose wait for the same is over.
  private static final class Decided implements Comparable<Decided> {
    final long mediaBytes;
    final HoldOutcome outcome;
    final Iterator<Held> requests;

    Decided(long mediaBytes, HoldOutcome outcome, Set<Held> requests) {
      this.mediaBytes = mediaBytes;
      this.outcome = outcome;
      this.requests = requests.iterator();
    }

    @Override
    public int compareTo(Decided other) {
      return Long.compare(mediaBytes, other.mediaBytes);
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
