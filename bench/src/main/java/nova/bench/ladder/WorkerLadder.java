package nova.bench.ladder;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import nova.app.WorkerJars;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;

/// A worker process as the server starts it, fed from a file as fast as it takes it.
public final class WorkerLadder {
  private static final String MAIN = "nova.worker.LadderWorker";

  private WorkerLadder() {}

  /// What a worker used, and how soon it was there.
  ///
  /// @param startSeconds from starting the process to its word that it is ready
  public record Run(LadderCost cost, double startSeconds) {}

  /// Encodes a file's video.
  public static Run run(
      Path flv, double frameRate, EncoderPreset preset, List<Rung> rungs, Duration atMost)
      throws IOException, InterruptedException {
    WorkerJars jars =
        WorkerJars.find()
            .orElseThrow(
                () -> new IOException("no folder of worker jars (expected: -Dnova.worker=FOLDER)"));
    List<LogEntry> source = SourceLog.read(flv);
    TranscodeJob job =
        new TranscodeJob(
            TrackId.VIDEO, frameRate, preset, rungs.stream().map(RungJob::fromTheStart).toList());
    try (MeasuredProcess worker =
        new MeasuredProcess(
            new ProcessBuilder(jars.command(MAIN)).redirectError(Redirect.INHERIT))) {
      Thread feeder = Thread.ofVirtual().start(() -> feed(worker.process(), job, source));
      double startSeconds = hear(worker);
      LadderCost cost = worker.await(atMost);
      feeder.join();
      return new Run(cost, startSeconds);
    }
  }

  private static void feed(Process worker, TranscodeJob job, List<LogEntry> source) {
    try (var stdin = worker.getOutputStream()) {
      WorkerMessageWriter writer = new WorkerMessageWriter(stdin);
      writer.send(new StartJob(job));
      for (LogEntry entry : source) {
        writer.send(new SourceEntry(entry));
      }
    } catch (IOException e) {
      Process _ = worker.destroyForcibly(); // it is gone or going; its exit status says so
    }
  }

  private static double hear(MeasuredProcess worker) throws IOException {
    double startSeconds = 0;
    WorkerMessageReader reader =
        new WorkerMessageReader(new BufferedInputStream(worker.process().getInputStream()));
    for (WorkerMessage said = reader.next(); said != null; said = reader.next()) {
      if (said instanceof Ready) {
        startSeconds = worker.seconds();
      } else if (said instanceof Failed failed) {
        throw new IOException("the worker gave up: " + failed.sentence());
      }
    }
    return startSeconds;
  }
}
