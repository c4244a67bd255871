package nova.delivery.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import nova.core.NanoClock;
import nova.delivery.LoopExecutor;
import nova.delivery.MediaPath;
import nova.segments.StoreUnavailableException;

/// The media that requests of one event loop wait for because it is kept elsewhere. Media that is
/// at hand is answered at once and is not seen here.
///
/// Requests for the same share one question and one hop back to the loop: a part that a thousand
/// viewers were held for is asked for once, and its answers go out some at a time, so that others
/// get their turn in between. No more than [#MOST_WAITING] requests wait.
///
/// *Confined to its event loop.*
final class MediaFetches {
  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int ANSWERS_AT_ONCE = 32;

  // As many as may be held for one stream, so that those that are woken together find a place.
  private static final int MOST_WAITING = 50_000;

  private final LoopExecutor loop;
  private final NanoClock clock;
  private final Map<MediaPath, Fetch> underWay = new LinkedHashMap<>(); // the oldest first
  private final Queue<Answer> due = new ArrayDeque<>();
  private final int mostWaiting;
  private int waiting; // requests
  private boolean answering; // a task that answers is on its way
  private boolean sweeping;

  /// One question, and who waits for its answer.
  private record Fetch(
      CompletableFuture<Optional<FoundMedia>> asked, long startNs, List<Asker> askers) {}

  private record Answer(Asker asker, CompletableFuture<Optional<FoundMedia>> asked) {}

  /// Who wants to know what a path names; is told by a future that is done.
  @FunctionalInterface
  interface Asker extends Consumer<CompletableFuture<Optional<FoundMedia>>> {}

  MediaFetches(LoopExecutor loop, NanoClock clock) {
    this(loop, clock, MOST_WAITING);
  }

  MediaFetches(LoopExecutor loop, NanoClock clock, int mostWaiting) {
    this.loop = loop;
    this.clock = clock;
    this.mostWaiting = mostWaiting;
  }

  /// Finds what `path` names and calls `asker` exactly once with the answer or the failure: before
  /// this returns if that is known, else in a task of the loop.
  ///
  /// @param ask how to find it; not called when somebody else waits for the same
  /// @return false when too many wait already, and then `asker` is not called
  boolean fetch(MediaPath path, Supplier<CompletionStage<Optional<FoundMedia>>> ask, Asker asker) {
    Fetch known = underWay.isEmpty() ? null : underWay.get(path);
    if (known != null) {
      if (waiting >= mostWaiting) {
        return false;
      }
      waiting++;
      known.askers.add(asker);
      return true;
    }
    CompletableFuture<Optional<FoundMedia>> asked = ask.get().toCompletableFuture();
    if (asked.isDone()) {
      asker.accept(asked);
      return true;
    }
    if (waiting >= mostWaiting) {
      return false;
    }
    waiting++;
    Fetch fetch = new Fetch(asked, clock.nanoTime(), new ArrayList<>(List.of(asker)));
    underWay.put(path, fetch);
    if (!sweeping) {
      sweeping = true;
      loop.schedule(SWEEP, this::sweep);
    }
    CompletableFuture<Optional<FoundMedia>> _ =
        asked.whenComplete((_, _) -> loop.execute(() -> arrived(path, fetch)));
    return true;
  }

  private void arrived(MediaPath path, Fetch fetch) {
    if (underWay.remove(path, fetch)) {
      decide(fetch, fetch.asked);
    }
  }

  private void decide(Fetch fetch, CompletableFuture<Optional<FoundMedia>> asked) {
    fetch.askers.forEach(asker -> due.add(new Answer(asker, asked)));
    if (!answering) {
      answerDue();
    }
  }

  private void answerDue() {
    answering = false;
    try {
      for (int i = 0; i < ANSWERS_AT_ONCE && !due.isEmpty(); i++) {
        Answer next = due.remove();
        waiting--;
        next.asker.accept(next.asked);
      }
    } finally {
      if (!due.isEmpty() && !answering) {
        answering = true;
        loop.execute(this::answerDue);
      }
    }
  }

  /// Gives up on what an adapter does not answer, though it should have.
  private void sweep() {
    sweeping = false;
    long now = clock.nanoTime();
    List<Fetch> late = new ArrayList<>();
    Iterator<Fetch> oldestFirst = underWay.values().iterator();
    while (oldestFirst.hasNext()) {
      Fetch fetch = oldestFirst.next();
      if (now - fetch.startNs < LIMIT.toNanos()) {
        break;
      }
      oldestFirst.remove();
      late.add(fetch);
    }
    if (!underWay.isEmpty()) {
      sweeping = true;
      loop.schedule(SWEEP, this::sweep);
    }
    for (Fetch fetch : late) {
      decide(
          fetch,
          CompletableFuture.failedFuture(
              new StoreUnavailableException(
                  "no answer within %d s".formatted(LIMIT.toSeconds()), new TimeoutException())));
    }
  }
}
