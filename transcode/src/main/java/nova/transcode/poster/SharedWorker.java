package nova.transcode.poster;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.transcode.RestartPolicy;
import nova.transcode.WorkerConfig;
import nova.transcode.WorkerFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one worker process that makes the posters of all streams: started by the first keyframe,
/// started again when it fails, ended when nothing came for a while.
///
/// Keyframes wait in a queue. No stream has more than one in it, because each waits for its answer.
///
/// *Thread-safe.*
final class SharedWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedWorker.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

  private record Request(PosterFrame frame, CompletableFuture<PosterOutcome> outcome) {}

  private final WorkerConfig config;
  private final Duration idle;
  private final PosterPorts ports;
  private final Thread thread;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  private SharedWorker(WorkerConfig config, Duration idle, PosterPorts ports) {
    this.config = config;
    this.idle = idle;
    this.ports = ports;
    this.thread = ports.threads().newThread(this::run);
    thread.setName("posters");
  }

  /// Waits for work.
  ///
  /// @param idle how long a process without work is kept
  static SharedWorker open(WorkerConfig config, Duration idle, PosterPorts ports) {
    SharedWorker worker = new SharedWorker(config, idle, ports);
    worker.thread.start();
    return worker;
  }

  /// Has a poster made of a frame. What it returns always completes, with [PosterOutcome.Closed]
  /// when this is closed or processes failed too often before they had a frame.
  CompletableFuture<PosterOutcome> make(PosterFrame frame) {
    CompletableFuture<PosterOutcome> outcome = new CompletableFuture<>();
    requests.add(new Request(frame, outcome));
    if (closed) {
      refuseAll();
    }
    return outcome;
  }

  /// Ends the process and refuses what waits.
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        log.atWarn().log("the worker of posters does not stop");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    refuseAll();
  }

  private void run() {
    RestartPolicy restarts = new RestartPolicy(config, ports.random());
    try {
      boolean goesOn = true;
      while (goesOn && !closed) {
        PosterOutcome.Failed failed = work(requests.take());
        goesOn = failed == null || waited(failed, restarts);
      }
    } catch (InterruptedException _) {
      log.atDebug().log("posters were stopped");
    } finally {
      closed = true;
      refuseAll();
    }
  }

  /// Serves requests with one process.
  ///
  /// @return how it failed, or null when there was nothing more to do
  private PosterOutcome.@Nullable Failed work(Request first) throws InterruptedException {
    Request request = first;
    try (PosterWorkerSession session = new PosterWorkerSession(config, ports)) {
      while (request != null) {
        PosterOutcome outcome = session.make(request.frame);
        request.outcome.complete(outcome);
        if (outcome instanceof PosterOutcome.Failed failed) {
          return failed;
        }
        request = requests.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
      }
      return null;
    } catch (IOException e) {
      PosterOutcome.Failed failed = new PosterOutcome.Failed(notStarted(e), false);
      first.outcome.complete(failed);
      return failed;
    } finally {
      if (request != null) {
        request.outcome.complete(new PosterOutcome.Closed()); // unless it has its outcome
      }
    }
  }

  private WorkerFailure notStarted(IOException e) {
    return new WorkerFailure.NotStarted(
        "the worker of posters does not start: %s (expected: %s)"
            .formatted(e.getMessage(), String.join(" ", ports.workerCommand())));
  }

  /// Waits until another process may be started.
  ///
  /// @return false when none may
  private boolean waited(PosterOutcome.Failed failed, RestartPolicy restarts)
      throws InterruptedException {
    WorkerFailure failure = failed.failure();
    ports.metrics().failed(failure.reason());
    // A worker that says at its start why it cannot work will say so again.
    boolean hopeless = failure instanceof WorkerFailure.GaveUp && !failed.overFrame();
    Optional<Duration> delay =
        hopeless ? Optional.empty() : restarts.afterFailure(ports.clock().nanoTime());
    if (delay.isEmpty() && failed.overFrame()) {
      // What the frames of one stream do to workers must not end the posters of the others.
      delay = Optional.of(config.restartWindow().dividedBy(config.restarts() + 1L));
    }
    if (delay.isEmpty()) {
      log.atWarn()
          .addKeyValue("reason", failure.reason())
          .log("there will be no more posters until Nova is restarted: {}", failure.sentence());
      return false;
    }
    log.atInfo()
        .addKeyValue("reason", failure.reason())
        .addKeyValue("delayMs", delay.get().toMillis())
        .log("the worker of posters is started again: {}", failure.sentence());
    Thread.sleep(delay.get());
    return true;
  }

  private void refuseAll() {
    for (Request next = requests.poll(); next != null; next = requests.poll()) {
      next.outcome.complete(new PosterOutcome.Closed());
    }
  }
}
