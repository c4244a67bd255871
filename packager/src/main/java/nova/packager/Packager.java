package nova.packager;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.StreamEvent;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.RungRun;

/// Packages every stream that starts: one thread per stream reads the stream's log, and one per
/// rung the rung's; they write parts and segments to the store and snapshots to the timeline store.
/// What happens to one stream does not touch the others.
///
/// *Thread-safe.*
public final class Packager implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

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

  /// Stops all threads; what was published stays. Waits 2 s at most.
  @Override
  public void close() {
    subscription.close();
    List<Thread> threads = new ArrayList<>();
    for (Job job : jobs.values()) {
      job.packager.rungs().stop();
      job.thread.interrupt();
      threads.add(job.thread);
      threads.addAll(job.packager.rungs().threads());
    }
    Instant deadline = ports.clock().instant().plus(STOP_TIMEOUT);
    try {
      for (Thread thread : threads) {
        boolean _ = thread.join(Duration.between(ports.clock().instant(), deadline));
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
          StreamEvent.SegmentGenerated _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _ -> {}
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
                    jobs.remove(started.stream());
                  }
                });
    thread.setName("packager-" + started.stream());
    thread.start();
    return new Job(packager, thread);
  }

  private record Job(StreamPackager packager, Thread thread) {}
}
