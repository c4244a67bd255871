package nova.transcode;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives every stream its ladder: one thread per stream plans it, has it encoded by a worker
/// process and adapts it to what the machine can do. What happens to one stream does not touch the
/// others, and nothing of it touches the source.
///
/// *Thread-safe.*
public final class Transcoder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transcoder.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);

  private final TranscodeConfig config;
  private final TranscodePorts ports;
  private final TranscodeBudget budget;
  private final WorkerState worker;
  private final ConcurrentMap<StreamId, Job> jobs = new ConcurrentHashMap<>();
  private final StreamEvents.Subscription subscription;

  private Transcoder(TranscodeConfig config, TranscodePorts ports) {
    this.config = config;
    this.ports = ports;
    this.budget = new TranscodeBudget(config.budget(ports.cores()));
    this.worker = new WorkerState(ports.worker());
    this.subscription = ports.events().subscribe(this::onEvent);
  }

  /// Starts to listen for streams; those that started before are not seen.
  public static Transcoder start(TranscodeConfig config, TranscodePorts ports) {
    return new Transcoder(config, ports);
  }

  /// Streams that are not over.
  public int streams() {
    return jobs.size();
  }

  /// Lets go of a stream that goes on in another process: stops its worker and nothing else.
  /// Nothing is said of an end, neither in events nor in the logs of its rungs, which are dropped.
  /// Waits 6 s at most. Idempotent.
  public void release(StreamId stream) {
    Job job = jobs.remove(stream);
    if (job != null) {
      job.ladder.release();
      stop(List.of(job));
    }
  }

  /// Stops all workers and ends all rungs. Waits 6 s at most.
  @Override
  public void close() {
    subscription.close();
    stop(List.copyOf(jobs.values()));
  }

  private void stop(List<Job> stopped) {
    for (Job job : stopped) {
      job.thread.interrupt();
    }
    long deadline = ports.clock().nanoTime() + STOP_TIMEOUT.toNanos();
    try {
      for (Job job : stopped) {
        boolean _ =
            job.thread.join(Duration.ofNanos(Math.max(1, deadline - ports.clock().nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void onEvent(StreamEvent event) {
    switch (event) {
      case StreamEvent.StreamStarted started ->
          jobs.computeIfAbsent(started.stream(), this::startJob);
      case StreamEvent.EpochBegan began -> {
        Job job = jobs.get(began.stream());
        if (job != null) {
          job.inbox.epochBegan();
        }
      }
      case StreamEvent.StreamMeasured measured -> {
        Job job = jobs.get(measured.stream());
        if (job != null) {
          job.inbox.measured(measured.health());
        }
      }
      case StreamEvent.StreamEnded ended -> over(ended.stream());
      case StreamEvent.StreamError error -> over(error.stream());
      case StreamEvent.StreamRecovering _,
          StreamEvent.StreamResumed _,
          StreamEvent.StreamMoved _,
          StreamEvent.StreamStopRequested _,
          StreamEvent.SegmentGenerated _,
          StreamEvent.LadderChanged _,
          StreamEvent.RungStarted _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ -> {}
    }
  }

  private void over(StreamId stream) {
    Job job = jobs.get(stream);
    if (job != null) {
      job.inbox.over();
    }
  }

  private Job startJob(StreamId stream) {
    StreamInbox inbox = new StreamInbox();
    StreamLadder ladder = new StreamLadder(stream, config, ports, budget, worker, inbox);
    Thread thread = ports.threads().newThread(() -> run(stream, ladder));
    thread.setName("ladder-" + stream);
    thread.start();
    return new Job(inbox, ladder, thread);
  }

  private void run(StreamId stream, StreamLadder ladder) {
    try {
      ladder.run();
    } catch (InterruptedException _) {
      log.atDebug().addKeyValue("stream", stream).log("transcoding was stopped");
    } catch (RuntimeException | Error e) {
      log.atError().addKeyValue("stream", stream).setCause(e).log("a ladder failed");
    } finally {
      Job _ = jobs.computeIfPresent(stream, (_, job) -> job.ladder == ladder ? null : job);
    }
  }

  private record Job(StreamInbox inbox, StreamLadder ladder, Thread thread) {}
}
