package nova.transcode;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.WriterFencedException;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
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
import org.jspecify.annotations.Nullable;

/// One worker's life: from its start until it has done its job, failed, or been killed.
///
/// Three threads: the caller's watches the clock, one feeds the source's log, and one, the
/// process's own, takes what comes out.
///
/// *Confined to its creator's thread.*
final class WorkerAttempt {
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(50);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration FEEDER_STOP = Duration.ofSeconds(2);

  private final StreamId stream;
  private final TranscodeTask task;
  private final Map<RenditionId, RungOutput> outputs;
  private final Supplier<Effort> effort;
  private final Supplier<List<Rung>> bitrates;
  private final WorkerConfig config;
  private final TranscodePorts ports;
  private final TranscodeListener listener;
  private final WorkerPulse pulse;
  private final SourceSelection selection;
  private final RungLag lag;
  private final long startedAt;
  private @Nullable Effort givenEffort; // of the feeder alone
  private List<Rung> givenBitrates; // of the feeder alone
  private volatile boolean inputEnded;
  private volatile boolean ready;
  private volatile boolean over;
  private volatile @Nullable WriterFencedException fenced;
  private volatile @Nullable WorkerFailure gaveUp;

  WorkerAttempt(
      StreamId stream,
      TranscodeTask task,
      Map<RenditionId, RungOutput> outputs,
      Supplier<Effort> effort,
      Supplier<List<Rung>> bitrates,
      WorkerConfig config,
      TranscodePorts ports,
      TranscodeListener listener) {
    this.stream = stream;
    this.task = task;
    this.givenBitrates = task.rungs();
    this.outputs = outputs;
    this.effort = effort;
    this.bitrates = bitrates;
    this.config = config;
    this.ports = ports;
    this.listener = listener;
    this.startedAt = ports.clock().nanoTime();
    this.pulse = new WorkerPulse(startedAt);
    this.lag = new RungLag(ports.clock());
    this.selection = new SourceSelection(task, leastAdvanced(), audioLastDts());
  }

  /// Runs the worker to its end.
  ///
  /// @return why it failed, or null when the rungs are over
  @Nullable WorkerFailure run() throws InterruptedException {
    if (!(ports.worker() instanceof WorkerProgram.Command(List<String> words))) {
      return new WorkerFailure.NotStarted("there is no worker (expected: a command)");
    }
    try (WorkerProcess worker =
        WorkerProcess.start(words, "worker-" + stream, ports.threads(), this::said)) {
      Thread feeder = ports.threads().newThread(() -> feed(worker));
      feeder.setName("worker-" + stream + "-feeder");
      feeder.start();
      try {
        return watch(worker);
      } finally {
        worker.kill();
        feeder.interrupt();
        boolean _ = feeder.join(FEEDER_STOP);
        boolean _ = worker.awaitEnd(FEEDER_STOP); // what it said last is in the logs then
        over = true; // should it still be heard, the next worker must not be disturbed
      }
    } catch (IOException e) {
      return new WorkerFailure.NotStarted(
          "the worker does not start: %s (expected: %s)"
              .formatted(e.getMessage(), String.join(" ", words)));
    }
  }

  /// Whether the source goes on in another format.
  boolean sourceChanged() {
    return selection.sourceChanged();
  }

  /// How far all rungs are that have begun; the others begin with a next segment.
  private long leastAdvanced() {
    return task.rungs().stream()
        .map(rung -> output(rung.rendition()))
        .filter(output -> !output.isClosed())
        .mapToLong(RungOutput::lastDts)
        .filter(last -> last != RungJob.NOTHING)
        .min()
        .orElse(RungJob.NOTHING);
  }

  /// How far the encoded sound is.
  private long audioLastDts() {
    AudioRung audio = task.audio();
    return audio == null ? RungJob.NOTHING : output(audio.rendition()).lastDts();
  }

  private TranscodeJob job(EncoderPreset preset) {
    return new TranscodeJob(
        task.track(),
        task.frameRate(),
        preset,
        task.rungs().stream().map(this::job).toList(),
        audioJob());
  }

  private RungJob job(Rung rung) {
    RungOutput output = output(rung.rendition());
    return new RungJob(rung, output.lastDts(), output.lastSegment());
  }

  private @Nullable AudioJob audioJob() {
    AudioRung audio = task.audio();
    if (audio == null) {
      return null;
    }
    RungOutput output = output(audio.rendition());
    return new AudioJob(TrackId.AUDIO, audio, output.lastDts(), output.lastSegment());
  }

  private RungOutput output(RenditionId rendition) {
    return Objects.requireNonNull(outputs.get(rendition));
  }

  private @Nullable WorkerFailure watch(WorkerProcess worker) throws InterruptedException {
    while (!worker.awaitEnd(WATCH_INTERVAL)) {
      long now = ports.clock().nanoTime();
      if (!ready && now - startedAt > config.startTimeout().toNanos()) {
        return new WorkerFailure.StartTimedOut(config.startTimeout());
      }
      OptionalLong owes = pulse.owesSince();
      if (ready && owes.isPresent() && now - owes.getAsLong() > config.stallTimeout().toNanos()) {
        return new WorkerFailure.Stalled(config.stallTimeout());
      }
    }
    return verdict(worker);
  }

  private @Nullable WorkerFailure verdict(WorkerProcess worker) {
    WriterFencedException lost = fenced;
    if (lost != null) {
      // Who packages the rungs removes their logs when the stream is over, although we are not.
      return lost.isRemoved()
          ? null
          : new WorkerFailure.RungsTaken(String.valueOf(lost.getMessage()));
    }
    if (outputs.values().stream().allMatch(RungOutput::isClosed)) {
      return null;
    }
    if (worker.broken() != null) {
      return worker.broken();
    }
    return gaveUp != null ? gaveUp : new WorkerFailure.Exited(worker.status(), worker.lastWords());
  }

  /// On the feeder's thread.
  private void feed(WorkerProcess worker) {
    try (FrameLogReader reader = ports.frames().openReader(stream, from())) {
      Effort begin = effort.get();
      worker.send(new StartJob(job(begin.preset())));
      givenEffort = Effort.whole(begin.preset());
      while (!inputEnded) {
        List<LogEntry> entries = reader.read(READ_TIMEOUT);
        entries.forEach(lag::read); // all at once: the worker may take its time for each
        for (LogEntry entry : entries) {
          give(worker, selection.select(entry));
        }
        if (entries.isEmpty() && reader.ended()) {
          give(worker, List.of(new StreamClosed(false, "the source's log was removed")));
        }
      }
    } catch (IOException | InterruptedException e) {
      inputEnded = true; // the worker is gone, which its watcher sees, or we are to stop
    } catch (RuntimeException | Error e) {
      worker.fail(WorkerFailure.ServerFault.of(e));
    }
  }

  /// A rung that has frames goes on after them, wherever the task began. Sound goes on a little
  /// before, which may be in the segment before.
  private LogPosition from() {
    long last = task.rungs().isEmpty() ? audioLastDts() : leastAdvanced();
    if (last == RungJob.NOTHING) {
      return task.from();
    }
    return LogPosition.fromSegment(
        task.renditions().stream()
                .map(this::output)
                .filter(output -> output.lastDts() != RungJob.NOTHING)
                .mapToLong(RungOutput::lastSegment)
                .min()
                .orElseThrow()
            - (task.audio() == null ? 0 : 1));
  }

  private void give(WorkerProcess worker, List<LogEntry> entries) throws IOException {
    for (LogEntry entry : entries) {
      if (inputEnded) {
        return;
      }
      adapt(worker);
      inputEnded = entry instanceof StreamClosed;
      pulse.giving(inputEnded, ports.clock().nanoTime());
      worker.send(new SourceEntry(entry));
      pulse.gave();
    }
  }

  private void adapt(WorkerProcess worker) throws IOException {
    Effort wanted = effort.get();
    if (!wanted.equals(givenEffort)) {
      worker.send(new Adapt(wanted));
      givenEffort = wanted;
    }
    List<Rung> rungs = bitrates.get(); // no matter with which a worker begins: its header stays
    if (!rungs.equals(givenBitrates)) {
      worker.send(new ChangeBitrates(rungs));
      givenBitrates = rungs;
    }
  }

  /// On the thread that hears the worker.
  private void said(WorkerMessage message) {
    if (over) {
      return;
    }
    pulse.heard(ports.clock().nanoTime());
    switch (message) {
      case Ready hello -> {
        ready = true;
        listener.workerReady(
            hello.encoder(), Duration.ofNanos(ports.clock().nanoTime() - startedAt));
      }
      case RungEntry entry -> take(entry);
      case Progress progress -> listener.progress(progress.progress(), lag.longest());
      case Failed failed -> gaveUp = new WorkerFailure.GaveUp(reason(failed), failed.sentence());
      case StartJob _, SourceEntry _, Adapt _, ChangeBitrates _, PosterFrame _, Poster _ ->
          throw new MalformedMediaException(
              "bad-worker-message",
              "the worker of a ladder said " + message.getClass().getSimpleName());
    }
  }

  /// Libraries that were there when it began are not missing on this machine.
  private String reason(Failed failed) {
    return ready && failed.reason().equals(WorkerFailure.NATIVE_LIBRARY_MISSING)
        ? "worker-failed"
        : failed.reason();
  }

  private void take(RungEntry entry) {
    RungOutput output = outputs.get(entry.rendition());
    if (output == null) {
      throw new MalformedMediaException(
          "bad-worker-message",
          "the worker made rung %s (expected: one of %s)"
              .formatted(entry.rendition(), outputs.keySet()));
    }
    try {
      output.accept(entry.entry());
      lag.heard(entry.entry());
    } catch (WriterFencedException e) {
      fenced = e;
      throw new MalformedMediaException("rung-fenced", String.valueOf(e.getMessage()));
    }
  }
}
