package nova.packager;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import nova.core.StreamEvent;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.RungEnd;
import nova.framelog.RungRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages every stream that starts: one thread per stream reads the stream's log, and one per
/// rung the rung's; they write parts and segments to the store and snapshots to the timeline store.
/// What happens to one stream does not touch the others.
///
/// *Thread-safe.*
public final class Packager implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Packager.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(5);

  private final PackagerConfig config;
  private final PackagerPorts ports;
  private final ConcurrentMap<StreamId, Job> jobs = new ConcurrentHashMap<>();
  private final StreamEvents.Subscription subscription;

  private Packager(PackagerConfig config, PackagerPorts ports) {
    this.config = config;
    this.ports = ports;
    this.subscription = ports.events().subscribe(this::onEvent);
  }

  /// Starts to listen for streams; those that started before are not seen.
  public static Packager start(PackagerConfig config, PackagerPorts ports) {
    return new Packager(config, ports);
  }

  /// Streams being packaged, and ended ones that are still kept.
  public int streams() {
    return jobs.size();
  }

  /// How far the process that packaged a stream before this one published its rungs; empty when
  /// none did, or the stream is not packaged here. Waits until that is known, which takes as long
  /// as it takes to look at what was published. To be asked after the packager heard that the
  /// stream started.
  public Optional<List<RungEnd>> published(StreamId stream) throws InterruptedException {
    Job job = jobs.get(stream);
    try {
      return job == null
          ? Optional.empty()
          : job.packager.published().get(LOOK_TIMEOUT.toMillis(), MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.atWarn()
          .addKeyValue("stream", stream)
          .setCause(e)
          .log("it is not known how far rungs were published; they begin anew");
      return Optional.of(List.of());
    }
  }

  /// Lets go of a stream that goes on in another process: stops its threads and nothing else. What
  /// was published stays, nothing is said of an end, and nothing is published after return, unless
  /// a thread does not stop within 2 s. Idempotent.
  public void release(StreamId stream) {
    Job job = jobs.remove(stream);
    if (job != null) {
      stop(List.of(job));
    }
  }

  /// As [#release], but first waits until the segment that the source is in is complete, also in
  /// the rungs, so that nothing is left open.
  ///
  /// @param limit to wait; a segment lasts up to 4.4 s
  /// @return whether nothing is open
  public boolean handOver(StreamId stream, Duration limit) throws InterruptedException {
    Job job = jobs.get(stream);
    try {
      return job == null || job.packager.finishSegment(limit);
    } finally {
      release(stream);
    }
  }

  /// Stops all threads; what was published stays. Waits 2 s at most.
  @Override
  public void close() {
    subscription.close();
    stop(jobs.values());
  }

  private void stop(Collection<Job> stopped) {
    List<Thread> threads = new ArrayList<>();
    for (Job job : stopped) {
      job.packager.stop();
      job.thread.interrupt();
      threads.add(job.thread);
      threads.addAll(job.packager.rungs().threads());
    }
    long deadline = ports.nanoClock().nanoTime() + STOP_TIMEOUT.toNanos();
    try {
      for (Thread thread : threads) {
        boolean _ = thread.join(Duration.ofNanos(deadline - ports.nanoClock().nanoTime()));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void onEvent(StreamEvent event) {
    switch (event) {
      case StreamStarted started -> jobs.computeIfAbsent(started.stream(), _ -> startJob(started));
      case StreamEnded ended -> over(ended.stream());
      case StreamError error -> over(error.stream());
      case LadderChanged changed -> rungs(changed).ifPresent(rungs -> rungs.ladder(changed));
      case RungStarted started -> start(started);
      case StreamEvent.EpochBegan _,
          StreamEvent.StreamMeasured _,
          StreamEvent.StreamRecovering _,
          StreamEvent.StreamResumed _,
          StreamEvent.StreamMoved _,
          StreamEvent.StreamStopRequested _,
          StreamEvent.SegmentGenerated _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ -> {}
    }
  }

  private void over(StreamId stream) {
    Job job = jobs.get(stream);
    if (job != null) {
      job.packager.over();
    }
  }

  /// A log that nobody reads would stay for good.
  private void start(RungStarted started) {
    RungRun run = new RungRun(started.stream(), started.rendition(), started.run());
    if (!rungs(started).map(rungs -> rungs.start(run)).orElse(false)) {
      ports.rungs().remove(run);
    }
  }

  private Optional<StreamRungs> rungs(StreamEvent event) {
    return Optional.ofNullable(jobs.get(event.stream())).map(job -> job.packager.rungs());
  }

  private Job startJob(StreamStarted started) {
    StreamPackager packager = new StreamPackager(started, config, ports);
    Thread thread =
        ports
            .threads()
            .newThread(
                () -> {
                  try {
                    packager.run();
                  } finally {
                    forget(started.stream(), packager);
                  }
                });
    thread.setName("packager-" + started.stream());
    thread.start();
    return new Job(packager, thread);
  }

  private void forget(StreamId stream, StreamPackager ended) {
    Job _ = jobs.computeIfPresent(stream, (_, job) -> job.packager == ended ? null : job);
  }

  private record Job(StreamPackager packager, Thread thread) {}
}
