package nova.backends.assignment;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import nova.backends.redis.AnnouncedStream;
import nova.backends.redis.Lease;
import nova.backends.redis.NodeId;
import nova.backends.redis.NodeLoad;
import nova.backends.redis.RedisAnswers;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams that this node works on: those that it took, by lease, when no node carried them.
///
/// One thread looks for free streams ([WantedStreams]), and tries to take them when it is this
/// node's turn ([Turns]). Each stream that was taken has a thread that makes sure of its newest
/// timeline, has its output copied to where all find it, tells the stages of this process that it
/// started, and waits until it is to be let go of ([AssignedStream]).
///
/// Stages hear of these streams and no others, and what they say of them goes out to all.
///
/// *Thread-safe.*
public final class AssignedStreams implements AutoCloseable {
  /// A segment lasts up to 4.4 s, and encoders are some tenths of a second behind.
  public static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(8);

  private static final Logger log = LoggerFactory.getLogger(AssignedStreams.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5); // Redis' own comes first
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(12); // of the stages, and sending

  private final AssignmentPorts ports;
  private final EventRelay relay;
  private final EndedStreams ended = new EndedStreams();
  private final WantedStreams wanted;
  private final Turns turns;
  private final ConcurrentMap<StreamId, AssignedStream> streams = new ConcurrentHashMap<>();
  private final Semaphore news = new Semaphore(0);
  private final StreamEvents.Subscription fromAll;
  private final StreamEvents.Subscription fromStages;
  private final TimelineStore.Registration fromTimelines;
  private final Thread looking;
  private volatile boolean closing;

  private AssignedStreams(AssignmentPorts ports) {
    this.ports = ports;
    this.relay = new EventRelay(ports.shared(), ports.local());
    this.wanted = new WantedStreams(ports.timelines(), ended, ports.nanoClock());
    this.turns = new Turns(ports.nanoClock());
    this.fromAll = ports.shared().subscribe(this::heard);
    this.fromStages = ports.local().subscribe(this::said);
    this.fromTimelines = ports.timelines().listen(this::changed);
    this.looking = ports.threads().newThread(this::look);
    looking.setName("assigned-streams");
  }

  /// Begins to take streams. The stages listen by now.
  public static AssignedStreams start(AssignmentPorts ports) {
    AssignedStreams assigned = new AssignedStreams(ports);
    ports.nodes().join(ports.node(), assigned::load);
    assigned.looking.start();
    return assigned;
  }

  /// The streams that this node carries, ended ones that it keeps for viewers among them.
  public int streams() {
    return streams.size();
  }

  private NodeLoad load() {
    int live = (int) streams.values().stream().filter(stream -> !stream.isOver()).count();
    return new NodeLoad(ports.node(), live, ports.capacity());
  }

  private void heard(StreamEvent event) {
    if (relay.isOnItsWay(event) || !EventRelay.isForStages(event)) {
      return;
    }
    if (EndedStreams.isEnding(event)) {
      ended.add(event);
    }
    if (event instanceof StreamStarted started) {
      wanted.started(new AnnouncedStream(started.stream(), started.channel(), started.at()));
      news.release();
    }
    AssignedStream stream = streams.get(event.stream());
    if (stream != null) {
      stream.heard(event);
    }
  }

  private void said(StreamEvent event) {
    AssignedStream stream = streams.get(event.stream());
    if (stream == null || relay.isOnItsWay(event)) {
      return;
    }
    if (EndedStreams.isEnding(event)) {
      ended.add(event);
    }
    stream.said(event);
  }

  private void changed(TimelineSnapshot snapshot) {
    AssignedStream stream = streams.get(snapshot.stream());
    if (stream == null) {
      return;
    }
    if (ports.timelines().find(snapshot.stream()).isEmpty()) {
      stream.forgotten();
    } else if (snapshot.endedAt().isPresent()) {
      stream.ended();
    }
  }

  private void look() {
    try {
      while (!closing) {
        takeWhatIsDue();
        streams.values().forEach(AssignedStream::sayWhatWaits);
        Duration pause = turns.untilNext().compareTo(LOOK) < 0 ? turns.untilNext() : LOOK;
        boolean _ = news.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
        int _ = news.drainPermits();
      }
    } catch (InterruptedException _) {
      log.debug("streams are no longer looked for");
    }
  }

  private void takeWhatIsDue() throws InterruptedException {
    try {
      Map<StreamId, AnnouncedStream> free = new LinkedHashMap<>();
      for (AnnouncedStream stream :
          wanted.of(RedisAnswers.await(ports.registry().list()), streams.keySet())) {
        free.put(stream.stream(), stream);
      }
      Map<StreamId, NodeId> holders = RedisAnswers.await(ports.leases().holders(free.keySet()));
      List<NodeLoad> nodes = RedisAnswers.await(ports.nodes().list());
      if (nodes.stream().noneMatch(node -> node.node().equals(ports.node()))) {
        forget(); // not even this node is announced: Redis may take nothing in
        return;
      }
      List<NodeLoad> loads = loads(nodes, holders.values());
      streams.values().stream()
          .filter(carried -> wanted.isAbandoned(carried.stream()))
          .forEach(carried -> carried.heard(abandoned(carried.stream())));
      free.keySet().removeAll(holders.keySet());
      free.keySet().removeAll(streams.keySet());
      for (StreamId stream : turns.due(load(), loads, List.copyOf(free.keySet()))) {
        AnnouncedStream due = free.get(stream);
        if (due != null && !closing) {
          take(due);
        }
      }
    } catch (StoreUnavailableException e) {
      log.debug("it is not known which streams are free", e);
      forget();
    } catch (RuntimeException | Error e) {
      log.atError().setCause(e).log("looking for free streams failed");
      forget();
    }
  }

  /// It is not known who receives what, and who carries it.
  private void forget() {
    turns.forget();
    wanted.forget();
  }

  /// What leases say is newer than what nodes say of themselves.
  private static List<NodeLoad> loads(List<NodeLoad> nodes, Collection<NodeId> holders) {
    return nodes.stream()
        .map(
            node -> {
              int carried = (int) holders.stream().filter(node.node()::equals).count();
              return new NodeLoad(node.node(), carried, node.capacity());
            })
        .toList();
  }

  private void take(AnnouncedStream due) throws InterruptedException {
    Optional<Lease> lease = outcome(ports.leases().acquireWithin(ANSWER_TIMEOUT, due.stream()));
    if (lease.isEmpty()) {
      return; // somebody was faster
    }
    if (wanted.isAbandoned(due.stream())) {
      StreamEvent _ = abandoned(due.stream());
    }
    StreamStarted started =
        new StreamStarted(due.stream(), due.startedAt(), due.channel(), "", "", Optional.empty());
    AssignedStream stream =
        new AssignedStream(
            started, lease.get(), ports, relay, ended, gone -> streams.remove(gone.stream(), gone));
    streams.put(due.stream(), stream);
    Thread thread = ports.threads().newThread(stream);
    thread.setName("assigned-" + due.stream());
    thread.start();
  }

  /// Takes note that nobody receives a stream any more, although nobody said that it is over.
  private StreamEvent abandoned(StreamId stream) {
    ended.add(
        new StreamError(
            stream,
            ports.clock().instant(),
            "no server receives the stream any more",
            Optional.empty()));
    return ended.find(stream).orElseThrow();
  }

  /// @param limited complete in the end, whatever Redis does
  /// @throws StoreUnavailableException when there is none
  private static <T> T outcome(CompletableFuture<T> limited) throws InterruptedException {
    try {
      return limited.get();
    } catch (ExecutionException e) {
      throw new StoreUnavailableException("Redis did not answer", e);
    }
  }

  /// Takes no more streams, and hands those over that this node carries: each goes on elsewhere
  /// from the end of the segment that it is in. Returns when all are let go of.
  ///
  /// @param limit to wait for segments to be complete; [#HAND_OVER_LIMIT] is enough
  public void drain(Duration limit) {
    closing = true;
    ports.nodes().leave(ports.node());
    news.release();
    try {
      boolean _ = looking.join(ANSWER_TIMEOUT);
      streams.values().forEach(stream -> stream.handOverWithin(limit));
      long deadline = ports.nanoClock().nanoTime() + limit.plus(STOP_TIMEOUT).toNanos();
      for (AssignedStream stream : streams.values()) {
        if (!stream.awaitGone(Duration.ofNanos(deadline - ports.nanoClock().nanoTime()))) {
          log.atWarn().addKeyValue("stream", stream.stream()).log("a stream is not let go of");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// As [#drain], and then hears of streams no more. The stages close after this, and then what
  /// else this was given.
  @Override
  public void close() {
    drain(HAND_OVER_LIMIT);
    fromAll.close();
    fromStages.close();
    fromTimelines.close();
  }
}
