package nova.transcode;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.framelog.RungRun;
import nova.framelog.WriterFencedException;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the encoded rungs of one stream coming: starts a worker, watches it, and starts another
/// when it fails.
///
/// Each worker goes on after the last frame of every rung, decoding again what the source's log
/// still holds, so published frames are never written twice. Workers that fail too often end the
/// rungs; the source is packaged on its own and does not notice.
///
/// *Thread-safe.*
public final class TranscodeSupervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TranscodeSupervisor.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final StreamId stream;
  private final TranscodeJob job;
  private final WorkerConfig config;
  private final TranscodePorts ports;
  private final Map<RenditionId, RungOutput> outputs = new LinkedHashMap<>();
  private final Thread thread;

  private TranscodeSupervisor(
      StreamId stream, TranscodeJob job, WorkerConfig config, TranscodePorts ports) {
    this.stream = stream;
    this.job = job;
    this.config = config;
    this.ports = ports;
    for (RungJob rungJob : job.rungs()) {
      RenditionId rendition = rungJob.rung().rendition();
      outputs.put(
          rendition,
          new RungOutput(
              rungJob.rung(), ports.rungs().openWriter(new RungRun(stream, rendition, 0))));
    }
    this.thread = ports.threads().newThread(this::run);
    thread.setName("transcode-" + stream);
  }

  /// Starts to encode.
  ///
  /// @param job with rungs from their start
  public static TranscodeSupervisor start(
      StreamId stream, TranscodeJob job, WorkerConfig config, TranscodePorts ports) {
    TranscodeSupervisor supervisor = new TranscodeSupervisor(stream, job, config, ports);
    supervisor.thread.start();
    return supervisor;
  }

  /// Waits until the rungs are over.
  ///
  /// @return whether they are
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return thread.join(timeout);
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
    try {
      supervise();
    } catch (InterruptedException _) {
      end("transcoding was stopped");
    }
  }

  private void supervise() throws InterruptedException {
    RestartPolicy restarts = new RestartPolicy(config, ports.random());
    WorkerFailure failure = attempt();
    while (failure != null) {
      Optional<Duration> delay = restarts.afterFailure(ports.clock().nanoTime());
      if (delay.isEmpty()) {
        log.atWarn()
            .addKeyValue("stream", stream)
            .addKeyValue("reason", failure.reason())
            .log("encoded rungs end, the source goes on: {}", failure.sentence());
        end(failure.sentence());
        ports.listener().rungsFailed(stream, failure);
        return;
      }
      log.atInfo()
          .addKeyValue("stream", stream)
          .addKeyValue("reason", failure.reason())
          .addKeyValue("delayMs", delay.get().toMillis())
          .log("worker is started again: {}", failure.sentence());
      ports.listener().workerFailed(stream, failure);
      Thread.sleep(delay.get());
      failure = attempt();
    }
  }

  private @Nullable WorkerFailure attempt() throws InterruptedException {
    TranscodeJob rest =
        new TranscodeJob(
            job.track(),
            job.frameRate(),
            job.preset(),
            outputs.values().stream().map(RungOutput::job).toList());
    return new WorkerAttempt(stream, rest, outputs, config, ports).run();
  }

  private void end(String sentence) {
    try {
      outputs.values().forEach(output -> output.giveUp(sentence));
    } catch (WriterFencedException e) {
      log.atDebug().addKeyValue("stream", stream).setCause(e).log("rungs have another writer");
    }
  }
}
