package nova.transcode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import nova.core.RenditionId;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamId;
import nova.framelog.FrameLogWriter;
import nova.framelog.RungEnd;
import nova.framelog.RungRun;
import nova.framelog.WriterFencedException;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.Rung;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the encoded rungs of one stream coming: starts a worker, watches it, and starts another
/// when it fails.
///
/// Each worker goes on after the last frame of every rung, decoding again what the source's log
/// still holds, so published frames are never written twice. Workers that fail too often end the
/// rungs; the source is packaged on its own and does not notice. However the supervision itself
/// ends, no rung stays open and no worker alive.
///
/// *Thread-safe.*
final class TranscodeSupervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TranscodeSupervisor.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final StreamId stream;
  private final TranscodeTask task;
  private final WorkerConfig config;
  private final TranscodePorts ports;
  private final TranscodeListener listener;
  private final IntSupplier runs;
  private final Map<RenditionId, RungOutput> outputs = new ConcurrentHashMap<>();
  private final Thread thread;
  private final ReentrantLock adapting = new ReentrantLock();
  private volatile Effort effort;
  private volatile List<Rung> bitrates;
  private volatile boolean abandoned;
  private boolean over; // guarded by `adapting`

  private TranscodeSupervisor(
      StreamId stream,
      TranscodeTask task,
      List<RungEnd> ends,
      IntSupplier runs,
      WorkerConfig config,
      TranscodePorts ports,
      TranscodeListener listener) {
    this.stream = stream;
    this.task = task;
    this.runs = runs;
    this.config = config;
    this.ports = ports;
    this.listener = listener;
    this.effort = Effort.whole(task.preset());
    this.bitrates = task.rungs();
    this.thread = ports.threads().newThread(this::run);
    thread.setName("transcode-" + stream);
    try {
      for (RenditionId rendition : task.renditions()) {
        outputs.put(rendition, open(rendition, end(rendition, ends)));
      }
    } catch (RuntimeException | Error e) {
      outputs.values().forEach(output -> endRung(output, "the rungs' logs do not open"));
      throw e;
    }
  }

  /// Starts to encode.
  ///
  /// @param ends of rungs that another process encoded before; they are gone on with
  /// @param runs numbers for the logs of the rungs
  static TranscodeSupervisor start(
      StreamId stream,
      TranscodeTask task,
      List<RungEnd> ends,
      IntSupplier runs,
      WorkerConfig config,
      TranscodePorts ports,
      TranscodeListener listener) {
    TranscodeSupervisor supervisor =
        new TranscodeSupervisor(stream, task, ends, runs, config, ports, listener);
    supervisor.thread.start();
    return supervisor;
  }

  private static @Nullable RungEnd end(RenditionId rendition, List<RungEnd> ends) {
    return ends.stream().filter(end -> end.rendition().equals(rendition)).findFirst().orElse(null);
  }

  private RungOutput open(RenditionId rendition, @Nullable RungEnd end) {
    RungRun run = new RungRun(stream, rendition, runs.getAsInt());
    FrameLogWriter log = ports.rungs().openWriter(run);
    RungOutput output =
        end == null
            ? new RungOutput(run, log)
            : RungOutput.after(run, log, lastDts(end), end.segment());
    ports
        .events()
        .publish(new RungStarted(stream, ports.instants().instant(), rendition, run.run()));
    return output;
  }

  /// Pictures go on with the first that is not before the end, whatever the one before it was.
  /// Sound goes on with the grid of its last frame.
  private long lastDts(RungEnd end) {
    AudioRung sound = task.audio();
    boolean isSound = sound != null && sound.rendition().equals(end.rendition());
    return end.end() - (isSound ? AudioRung.FRAME_SAMPLES : 1);
  }

  /// Whether [#adapt] can be done now: a rung that is to come back must have ended.
  boolean canAdapt(Effort next) {
    return task.rungs().stream()
        .filter(rung -> returns(rung, next))
        .map(this::output)
        .allMatch(output -> output.isClosed() || !output.hasBegun());
  }

  /// Does more or less from the next segment on. A rung that comes back gets a new log, unless it
  /// had not begun.
  ///
  /// @return whether it is done
  boolean adapt(Effort next) {
    adapting.lock();
    try {
      if (over || !canAdapt(next)) {
        return false;
      }
      for (Rung rung : task.rungs()) {
        if (returns(rung, next) && output(rung).isClosed()) {
          outputs.put(rung.rendition(), open(rung.rendition(), null));
        }
      }
      effort = next;
      return true;
    } finally {
      adapting.unlock();
    }
  }

  /// Goes on with other bitrates.
  ///
  /// @param next the task's rungs, as they are but for bitrate and peak
  void change(List<Rung> next) {
    bitrates = next;
  }

  private boolean returns(Rung rung, Effort next) {
    return effort.leftOut().contains(rung.rendition())
        && !next.leftOut().contains(rung.rendition());
  }

  private RungOutput output(Rung rung) {
    return Objects.requireNonNull(outputs.get(rung.rendition()));
  }

  /// Waits until the rungs are over.
  ///
  /// @return whether they are
  boolean awaitEnd(Duration timeout) throws InterruptedException {
    return thread.join(timeout);
  }

  /// Stops the worker, but does not end the rungs, which another process goes on with; their logs
  /// are dropped as they are. Waits 5 s at most.
  void abandon() {
    abandoned = true;
    close();
  }

  /// Stops the worker and ends the rungs. Waits 5 s at most.
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        log.atWarn().addKeyValue("stream", stream).log("transcoding does not stop");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    TranscodeEnd end = new TranscodeEnd.Stopped();
    try {
      end = supervise();
    } catch (InterruptedException _) {
      log.atDebug().addKeyValue("stream", stream).log("transcoding was stopped");
    } catch (RuntimeException | Error e) {
      end = new TranscodeEnd.Failed(WorkerFailure.ServerFault.of(e));
    } finally {
      endRungs(end);
    }
    listener.ended(end);
  }

  private TranscodeEnd supervise() throws InterruptedException {
    RestartPolicy restarts = new RestartPolicy(config, ports.random());
    while (true) {
      WorkerAttempt attempt =
          new WorkerAttempt(
              stream, task, outputs, () -> effort, () -> bitrates, config, ports, listener);
      WorkerFailure failure = attempt.run();
      if (failure == null) {
        return attempt.sourceChanged()
            ? new TranscodeEnd.SourceChanged()
            : new TranscodeEnd.SourceOver();
      }
      Optional<Duration> delay = restarts.afterFailure(ports.clock().nanoTime());
      if (delay.isEmpty() || failure.isForGood()) {
        log.atWarn()
            .addKeyValue("stream", stream)
            .addKeyValue("reason", failure.reason())
            .log("encoded rungs end, the source goes on: {}", failure.sentence());
        return new TranscodeEnd.Failed(failure);
      }
      log.atInfo()
          .addKeyValue("stream", stream)
          .addKeyValue("reason", failure.reason())
          .addKeyValue("delayMs", delay.get().toMillis())
          .log("worker is started again: {}", failure.sentence());
      listener.workerFailed(failure);
      Thread.sleep(delay.get());
    }
  }

  private void endRungs(TranscodeEnd end) {
    String sentence =
        switch (end) {
          case TranscodeEnd.SourceOver _ -> "the source is over";
          case TranscodeEnd.SourceChanged _ -> "the source goes on in another format";
          case TranscodeEnd.Failed(WorkerFailure last) -> last.sentence();
          case TranscodeEnd.Stopped _ -> "transcoding was stopped";
        };
    adapting.lock();
    try {
      over = true;
      for (RungOutput output : outputs.values()) {
        if (abandoned) {
          ports.rungs().remove(output.run());
        } else {
          endRung(output, sentence);
        }
      }
    } finally {
      adapting.unlock();
    }
  }

  private void endRung(RungOutput output, String sentence) {
    try {
      output.giveUp(sentence);
    } catch (WriterFencedException e) {
      log.atDebug().addKeyValue("stream", stream).setCause(e).log("a rung has another writer");
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("stream", stream).setCause(e).log("a rung's log does not close");
    }
  }
}
