package nova.backends.assignment;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import nova.backends.redis.Lease;
import nova.backends.redis.RedisAnswers;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream of this node, from when its lease was taken until it is let go of.
///
/// *Confined to its own thread, except for what is said to it.*
final class AssignedStream implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(AssignedStream.class);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(1);

  // Events beyond are dropped, of those to be said the oldest, of those that are early the last.
  private static final int MOST_WAITING = 1_000;

  private final StreamStarted started;
  private final StreamId stream;
  private final Lease lease;
  private final AssignmentPorts ports;
  private final EventRelay relay;
  private final EndedStreams ended;
  private final Consumer<AssignedStream> onGone;
  private final CompletableFuture<Farewell> farewell = new CompletableFuture<>();
  private final CountDownLatch gone = new CountDownLatch(1);

  private final ReentrantLock hearing = new ReentrantLock();
  private final List<StreamEvent> early = new ArrayList<>(); // guarded by `hearing`
  private boolean begun; // guarded by `hearing`
  private final ReentrantLock saying = new ReentrantLock();
  private final Deque<StreamEvent> unsaid = new ArrayDeque<>(); // guarded by `saying`
  // Set without the locks when the stream is lost, which must not wait; and with both at the end,
  // after which nothing is on its way either.
  private volatile boolean silent;
  private volatile boolean over;

  /// Why a stream is let go of.
  private sealed interface Farewell {
    /// Another node has it.
    record Lost() implements Farewell {}

    /// Its packager has forgotten it.
    record Forgotten() implements Farewell {}

    /// This node takes no part any more.
    record HandOver(Duration limit) implements Farewell {}
  }

  /// @param started what its stages are told first, which may be long ago
  /// @param onGone told when it is let go of
  AssignedStream(
      StreamStarted started,
      Lease lease,
      AssignmentPorts ports,
      EventRelay relay,
      EndedStreams ended,
      Consumer<AssignedStream> onGone) {
    this.started = started;
    this.stream = started.stream();
    this.lease = lease;
    this.ports = ports;
    this.relay = relay;
    this.ended = ended;
    this.onGone = onGone;
  }

  StreamId stream() {
    return stream;
  }

  /// Whether the stream is over, and only kept for viewers.
  boolean isOver() {
    return over;
  }

  @Override
  public void run() {
    lease.onLost(this::lost);
    try {
      if (inherit()) {
        work();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the process ends
    } catch (RuntimeException e) {
      log.atError().addKeyValue("stream", stream).setCause(e).log("letting go of a stream failed");
    } finally {
      leave();
    }
  }

  /// Makes sure that the timelines of this process have the newest of the stream. With the lease
  /// nobody else puts a newer one.
  ///
  /// @return whether there is something to work on
  private boolean inherit() throws InterruptedException {
    boolean isNewest = false;
    while (!isNewest && !farewell.isDone()) {
      isNewest = refresh();
    }
    boolean isEnded = ports.timelines().find(stream).flatMap(TimelineSnapshot::endedAt).isPresent();
    return isNewest && !isEnded;
  }

  private boolean refresh() throws InterruptedException {
    CompletableFuture<Void> read = ports.replica().refresh(stream).toCompletableFuture();
    try {
      var _ = CompletableFuture.anyOf(read, farewell).get();
      return read.isDone();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MalformedTimelineException malformed) {
        log.atWarn()
            .addKeyValue("stream", stream)
            .setCause(malformed)
            .log("what another node published of a stream cannot be read; it begins anew");
        return true;
      }
      if (!(e.getCause() instanceof StoreUnavailableException)) {
        throw new IllegalStateException(e);
      }
      Farewell _ = awaitFarewell(RETRY);
      return false;
    }
  }

  private @Nullable Farewell awaitFarewell(Duration limit) throws InterruptedException {
    try {
      return farewell.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (TimeoutException _) {
      return null;
    }
  }

  private void work() throws InterruptedException {
    Optional<TimelineSnapshot> before = ports.timelines().find(stream);
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("token", lease.token())
        .addKeyValue("inherited", before.isPresent())
        .log("this node carries a stream");
    ports.publisher().own(stream, lease.token(), this::lost);
    try {
      begin();
      if (farewell.get() instanceof Farewell.HandOver(Duration limit)) {
        handOver(limit);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      ports.stages().release(stream);
    }
  }

  private void begin() {
    hearing.lock();
    try {
      relay.toStages(started);
      early.forEach(relay::toStages);
      early.clear();
      begun = true;
      ended.find(stream).ifPresent(this::tellOfEnd);
    } finally {
      hearing.unlock();
    }
  }

  private void tellOfEnd(StreamEvent ending) {
    over = true;
    relay.toStages(ending);
  }

  private void handOver(Duration limit) throws InterruptedException {
    boolean whole = ports.stages().handOver(stream, limit);
    boolean sent = ports.publisher().awaitSent(stream, SEND_TIMEOUT);
    log.atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("whole", whole)
        .addKeyValue("sent", sent)
        .log("this node hands a stream over");
  }

  /// Gives up what this node has of the stream. What it published stays.
  private void leave() {
    try {
      fallSilent();
      boolean forgotten = farewell.getNow(null) instanceof Farewell.Forgotten;
      if (!forgotten) {
        ports.publisher().disown(stream); // otherwise it still removes the stream
      }
      ports.segments().removeStream(stream);
      ports.posters().remove(stream);
      giveBack();
      if (!forgotten) {
        CompletionStage<Void> _ = ports.replica().refresh(stream); // what others make of it
      }
    } finally {
      onGone.accept(this);
      gone.countDown();
    }
  }

  private void giveBack() {
    try {
      Void _ = RedisAnswers.await(lease.release(), RELEASE_LIMIT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (StoreUnavailableException e) {
      log.atDebug().addKeyValue("stream", stream).setCause(e).log("lease ends by itself");
    }
  }

  private void fallSilent() {
    hearing.lock();
    saying.lock();
    try {
      silent = true;
      early.clear();
      unsaid.clear();
    } finally {
      saying.unlock();
      hearing.unlock();
    }
  }

  /// Waits until this node has let go of it.
  ///
  /// @return whether it has
  boolean awaitGone(Duration limit) throws InterruptedException {
    return gone.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Another node has the stream: from now on nothing of it leaves this process.
  private void lost() {
    if (farewell.complete(new Farewell.Lost())) {
      log.atInfo().addKeyValue("stream", stream).log("this node has lost a stream to another");
    }
    silent = true;
    ports.publisher().disown(stream);
  }

  /// The packager has forgotten the stream.
  void forgotten() {
    farewell.complete(new Farewell.Forgotten());
  }

  /// The stream goes on elsewhere, once the segment that it is in is complete.
  void handOverWithin(Duration limit) {
    farewell.complete(new Farewell.HandOver(limit));
  }

  /// Its timeline says that it is over.
  void ended() {
    over = true;
  }

  /// Takes an event of another process.
  void heard(StreamEvent event) {
    hearing.lock();
    try {
      if (silent || event instanceof StreamStarted) {
        return;
      }
      if (begun) {
        if (EndedStreams.isEnding(event)) {
          over = true;
        }
        relay.toStages(event);
      } else if (!EndedStreams.isEnding(event)) { // that is looked up, later
        if (event instanceof StreamMeasured) {
          early.removeIf(StreamMeasured.class::isInstance);
        }
        if (early.size() < MOST_WAITING) {
          early.add(event);
        }
      }
    } finally {
      hearing.unlock();
    }
  }

  /// Takes an event of a stage of this process. As long as it is not sure that the stream is still
  /// this node's, it waits.
  void said(StreamEvent event) {
    if (EndedStreams.isEnding(event)) {
      over = true;
    }
    saying.lock();
    try {
      if (silent) {
        return;
      }
      if (unsaid.size() >= MOST_WAITING) {
        unsaid.removeFirst();
      }
      unsaid.addLast(event);
      sayWhatWaits();
    } finally {
      saying.unlock();
    }
  }

  /// Tells all what could not be told before, if it can be now.
  void sayWhatWaits() {
    saying.lock();
    try {
      while (!silent && lease.isSure() && !unsaid.isEmpty()) {
        relay.toAll(unsaid.removeFirst());
      }
    } finally {
      saying.unlock();
    }
  }
}
