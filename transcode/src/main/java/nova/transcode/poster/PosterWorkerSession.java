package nova.transcode.poster;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Poster;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.framelog.pipe.WorkerMessage.Progress;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.media.MalformedMediaException;
import nova.transcode.WorkerConfig;
import nova.transcode.WorkerFailure;
import nova.transcode.WorkerProcess;
import org.jspecify.annotations.Nullable;

/// One worker process and what it was asked: one keyframe at a time.
///
/// A session that failed is closed by its owner and asked nothing more.
///
/// *Confined to its creator's thread*, except [#said].
final class PosterWorkerSession implements AutoCloseable {
  private static final String NAME = "posters";
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(50);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(2);

  private final WorkerConfig config;
  private final PosterPorts ports;
  private final WorkerProcess worker;
  private final long startedAtNs;
  private final BlockingQueue<Poster> answers = new ArrayBlockingQueue<>(1);
  private volatile boolean ready;
  private volatile @Nullable WorkerFailure gaveUp;

  /// Starts a worker; whether it works is seen when it is asked.
  ///
  /// @throws IOException when there is no such program, or no process to be had
  PosterWorkerSession(WorkerConfig config, PosterPorts ports) throws IOException {
    this.config = config;
    this.ports = ports;
    this.startedAtNs = ports.clock().nanoTime();
    this.worker = WorkerProcess.start(ports.workerCommand(), NAME, ports.threads(), this::said);
  }

  /// Waits for the poster of a frame.
  PosterOutcome make(PosterFrame frame) throws InterruptedException {
    WorkerFailure early = awaitReady();
    if (early != null) {
      return new PosterOutcome.Failed(early, false);
    }
    // On a thread of its own, because a worker that hangs does not empty the pipe.
    Thread feeder = ports.threads().newThread(() -> send(frame));
    feeder.setName(NAME + "-feeder");
    feeder.start();
    long askedAtNs = ports.clock().nanoTime();
    while (ports.clock().nanoTime() - askedAtNs <= config.stallTimeout().toNanos()) {
      Poster poster = answers.poll(WATCH_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
      if (poster == null && worker.awaitEnd(Duration.ZERO)) {
        poster = answers.poll();
        if (poster == null) {
          return new PosterOutcome.Failed(end(), true);
        }
      }
      if (poster != null) {
        return outcome(frame, poster);
      }
    }
    return new PosterOutcome.Failed(new WorkerFailure.Stalled(config.stallTimeout()), true);
  }

  private static PosterOutcome outcome(PosterFrame frame, Poster poster) {
    if (!poster.stream().equals(frame.stream())) {
      return new PosterOutcome.Failed(
          new WorkerFailure.BrokeProtocol(
              "the worker made a poster of stream %s (expected: %s)"
                  .formatted(poster.stream(), frame.stream())),
          true);
    }
    return poster.jpeg().isEmpty()
        ? new PosterOutcome.Blank()
        : new PosterOutcome.Picture(poster.jpeg());
  }

  private @Nullable WorkerFailure awaitReady() throws InterruptedException {
    while (!ready) {
      if (worker.awaitEnd(WATCH_INTERVAL)) {
        return ready ? null : end();
      }
      if (ports.clock().nanoTime() - startedAtNs > config.startTimeout().toNanos()) {
        return new WorkerFailure.StartTimedOut(config.startTimeout());
      }
    }
    return null;
  }

  private WorkerFailure end() {
    WorkerFailure known = worker.broken() != null ? worker.broken() : gaveUp;
    return known != null ? known : new WorkerFailure.Exited(worker.status(), worker.lastWords());
  }

  /// On a feeder's thread.
  private void send(PosterFrame frame) {
    try {
      worker.send(frame);
    } catch (IOException e) {
      worker.kill(); // it is gone or going, which its watcher sees
    } catch (RuntimeException | Error e) {
      worker.fail(WorkerFailure.ServerFault.of(e));
    }
  }

  /// On the thread that hears the worker.
  private void said(WorkerMessage message) {
    switch (message) {
      case Ready _ -> ready = true;
      case Poster poster -> {
        if (!answers.offer(poster)) {
          throw unexpected(message);
        }
      }
      case Failed failed -> gaveUp = new WorkerFailure.GaveUp(failed.reason(), failed.sentence());
      case StartJob _,
          SourceEntry _,
          RungEntry _,
          Progress _,
          Adapt _,
          ChangeBitrates _,
          PosterFrame _ ->
          throw unexpected(message);
    }
  }

  private static MalformedMediaException unexpected(WorkerMessage message) {
    return new MalformedMediaException(
        "bad-worker-message",
        "the worker of posters said %s (expected: one poster per keyframe)"
            .formatted(message.getClass().getSimpleName()));
  }

  /// Kills the worker.
  @Override
  public void close() {
    worker.close();
    try {
      boolean _ = worker.awaitEnd(END_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
