package nova.transcode.poster;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.transcode.WorkerConfig;

/// Takes posters of all streams: one thread per stream waits for its keyframes, one worker process
/// turns those of all into pictures. Nothing here can hold up a stream.
///
/// *Thread-safe.*
public final class Posters implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration SHORTEST_IDLE = Duration.ofSeconds(30);
  private static final int IDLE_INTERVALS = 4;

  private final PosterConfig config;
  private final PosterPorts ports;
  private final SharedWorker worker;
  private final ConcurrentMap<StreamId, Thread> streams = new ConcurrentHashMap<>();
  private final StreamEvents.Subscription subscription;

  private Posters(PosterConfig config, WorkerConfig workers, PosterPorts ports) {
    this.config = config;
    this.ports = ports;
    this.worker = SharedWorker.open(workers, idle(config), ports);
    this.subscription = ports.events().subscribe(this::onEvent);
  }

  /// Starts to listen for streams; those that started before get no posters.
  public static Posters start(PosterConfig config, WorkerConfig workers, PosterPorts ports) {
    return new Posters(config, workers, ports);
  }

  private static Duration idle(PosterConfig config) {
    Duration intervals = config.interval().multipliedBy(IDLE_INTERVALS);
    return intervals.compareTo(SHORTEST_IDLE) > 0 ? intervals : SHORTEST_IDLE;
  }

  /// Takes no more posters of a stream that goes on in another process. Idempotent.
  public void release(StreamId stream) {
    stop(stream);
  }

  /// Ends the worker and all threads; posters taken stay with the sink. Waits 5 s at most.
  @Override
  public void close() {
    subscription.close();
    worker.close();
    streams.values().forEach(Thread::interrupt);
    long deadline = ports.clock().nanoTime() + STOP_TIMEOUT.toNanos();
    try {
      for (Thread thread : streams.values()) {
        boolean _ = thread.join(Duration.ofNanos(Math.max(1, deadline - ports.clock().nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void onEvent(StreamEvent event) {
    switch (event) {
      case StreamEvent.StreamStarted started ->
          streams.computeIfAbsent(started.stream(), this::startStream);
      case StreamEvent.StreamEnded ended -> stop(ended.stream());
      case StreamEvent.StreamError error -> stop(error.stream());
      case StreamEvent.EpochBegan _,
          StreamEvent.StreamMeasured _,
          StreamEvent.StreamRecovering _,
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

  private Thread startStream(StreamId stream) {
    Thread thread = ports.threads().newThread(new StreamPosters(stream, config, ports, worker));
    thread.setName("posters-" + stream);
    thread.start();
    return thread;
  }

  private void stop(StreamId stream) {
    Thread thread = streams.remove(stream);
    if (thread != null) {
      thread.interrupt();
    }
  }
}
