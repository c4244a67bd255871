package nova.packager;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.RenditionId;
import nova.core.StreamEvent.LadderChanged;
import nova.framelog.LogPosition;
import nova.framelog.RungRun;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rungs of one stream: a thread for each that is being encoded, and the ladder that says which
/// stay when their logs are over.
///
/// Events are taken note of and nothing more, because whoever publishes them must not wait for the
/// stream's lock. The next thread that holds the lock makes the changes.
///
/// *Thread-safe; what says so needs the stream's lock.*
final class StreamRungs {
  private static final Logger log = LoggerFactory.getLogger(StreamRungs.class);
  private static final Duration CHECK = Duration.ofSeconds(5); // should a signal ever be missed

  private final StreamOutput output;
  private final ReentrantLock lock;
  private final Condition progress; // of the source, or of a rung that ended
  private volatile @Nullable LadderChanged ladder;
  private volatile boolean frozen;
  private final Map<RungRun, Thread> running = new HashMap<>(); // guarded by itself
  private boolean stopped; // guarded by `running`

  StreamRungs(StreamOutput output, ReentrantLock lock) {
    this.output = output;
    this.lock = lock;
    this.progress = lock.newCondition();
  }

  /// The ladder is this from now on.
  void ladder(LadderChanged changed) {
    ladder = changed;
  }

  /// A rung's log is open; begins to read it.
  ///
  /// @return false when nobody will, because the stream is over
  boolean start(RungRun run) {
    synchronized (running) {
      if (stopped || !TimelineBuilder.isRung(run.rendition())) {
        return false;
      }
      if (running.containsKey(run)) {
        return true;
      }
      RungPackager packager =
          new RungPackager(
              run,
              output,
              this,
              lock,
              output.ports().rungs().openReader(run, LogPosition.EARLIEST));
      Thread thread = output.ports().threads().newThread(packager);
      thread.setName("packager-%s-%s".formatted(run.stream(), run.rendition()));
      running.put(run, thread);
      thread.start();
      return true;
    }
  }

  /// Makes what the ladder says true; with the lock.
  void settle() {
    LadderChanged now = ladder;
    if (now == null || frozen) {
      return;
    }
    TimelineBuilder timeline = output.timeline();
    boolean changed = timeline.listed(TimelineBuilder.SOURCE, now.sourceListed());
    changed |= timeline.listed(TimelineBuilder.AUDIO, now.audioListed());
    if (changed) {
      output.publication().changed();
    }
    for (RenditionWindow window : List.copyOf(timeline.windows())) {
      RenditionId id = window.id();
      if (TimelineBuilder.isRung(id) && !now.rungs().contains(id) && !isRunning(id)) {
        remove(id);
        log.atInfo()
            .addKeyValue("stream", output.stream())
            .addKeyValue("rendition", id)
            .log("rung left the playlists");
      }
    }
  }

  /// Takes a rung out of the timeline; with the lock.
  void remove(RenditionId rendition) {
    output.gaps().expectNothing(rendition);
    output.timeline().remove(rendition);
    output.publication().changed();
  }

  /// The ladder stays as it is, because the stream is ending.
  void freeze() {
    frozen = true;
  }

  /// The source went on; with the lock.
  void sourceAdvanced() {
    progress.signalAll();
  }

  /// A rung went on; with the lock.
  void rungAdvanced() {
    if (output.last().isKnown()) {
      progress.signalAll();
    }
  }

  /// Waits until a rendition of the source has begun a number, so that there is something to
  /// compare with; with the lock, which others hold meanwhile.
  ///
  /// @return false when the stream is over
  boolean awaitSource(RenditionId source, long number) throws InterruptedException {
    while (!hasStopped() && !isDecided(source, number)) {
      boolean _ = progress.await(CHECK.toNanos(), NANOSECONDS);
    }
    return !hasStopped();
  }

  /// Waits until the earlier runs of the same rung are read to their ends; with the lock.
  void awaitEarlierRuns(RungRun run) throws InterruptedException {
    while (!hasStopped() && isRunningBefore(run)) {
      boolean _ = progress.await(CHECK.toNanos(), NANOSECONDS);
    }
  }

  /// Waits until all rungs are over, `limit` at most; with the lock.
  void awaitEnd(Duration limit) throws InterruptedException {
    long remainingNs = limit.toNanos();
    while (remainingNs > 0 && isAnyRunning()) {
      remainingNs = progress.awaitNanos(remainingNs);
    }
  }

  /// A rung's thread ends.
  void over(RungRun run) {
    synchronized (running) {
      running.remove(run);
    }
    lock.lock();
    try {
      if (!hasStopped()) {
        settle();
        output.publication().publish();
      }
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all threads; none starts any more, and none that still runs changes anything. Idempotent.
  void stop() {
    synchronized (running) {
      stopped = true;
      running.values().forEach(Thread::interrupt);
    }
  }

  /// The threads that read rungs and, after [#stop], end.
  List<Thread> threads() {
    synchronized (running) {
      return List.copyOf(running.values());
    }
  }

  /// Whether the stream is over for rungs.
  boolean hasStopped() {
    synchronized (running) {
      return stopped;
    }
  }

  /// Whether it is known where a rendition of the source begins a number, or that it does so in
  /// another process; with the lock.
  boolean isDecided(RenditionId source, long number) {
    RenditionWindow window = output.timeline().find(source);
    return output.last().isBefore(number) || (window != null && window.reached() >= number);
  }

  /// Waits until the source and the rungs at work have ended a segment; with the lock.
  ///
  /// @return whether they have
  boolean awaitComplete(long number, Duration limit) throws InterruptedException {
    long remainingNs = limit.toNanos();
    while (remainingNs > 0 && !hasStopped() && !isComplete(number)) {
      remainingNs = progress.awaitNanos(remainingNs);
    }
    return isComplete(number);
  }

  private boolean isComplete(long number) {
    return output.timeline().windows().stream()
        .filter(window -> !TimelineBuilder.isRung(window.id()) || isRunning(window.id()))
        .allMatch(window -> !window.open() && window.lastNumber().orElse(-1) >= number);
  }

  private boolean isAnyRunning() {
    synchronized (running) {
      return !running.isEmpty();
    }
  }

  private boolean isRunning(RenditionId rendition) {
    synchronized (running) {
      return running.keySet().stream().anyMatch(run -> run.rendition().equals(rendition));
    }
  }

  private boolean isRunningBefore(RungRun later) {
    synchronized (running) {
      return running.keySet().stream()
          .anyMatch(run -> run.rendition().equals(later.rendition()) && run.run() < later.run());
    }
  }
}
