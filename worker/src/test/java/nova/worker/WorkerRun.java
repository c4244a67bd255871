package nova.worker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nova.core.RenditionId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import org.jspecify.annotations.Nullable;

/// What a worker process answered to a job and a log.
///
/// *Immutable.*
record WorkerRun(int exitStatus, List<WorkerMessage> messages) {
  private static final long DEADLINE_SECONDS = 120;

  WorkerRun {
    messages = List.copyOf(messages);
  }

  /// Runs a worker to its end.
  static WorkerRun of(TranscodeJob job, List<LogEntry> source) throws Exception {
    List<WorkerMessage> input = new ArrayList<>();
    input.add(new StartJob(job));
    source.forEach(entry -> input.add(new SourceEntry(entry)));
    return ofMessages(input);
  }

  static WorkerRun ofMessages(List<WorkerMessage> input) throws Exception {
    Process process = start();
    try {
      Thread feeder = Thread.ofVirtual().start(() -> feed(process, input));
      WorkerMessageReader reader =
          new WorkerMessageReader(new BufferedInputStream(process.getInputStream()));
      List<WorkerMessage> messages = new ArrayList<>();
      for (WorkerMessage message = reader.next(); message != null; message = reader.next()) {
        messages.add(message);
      }
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the worker does not end");
      }
      feeder.join();
      return new WorkerRun(process.exitValue(), messages);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Gives a worker some messages, and then nothing more until it has said what is waited for.
  ///
  /// @return what it said, or null when it ended without
  static <T extends WorkerMessage> @Nullable T awaited(
      List<WorkerMessage> input, Class<T> kind, Predicate<T> awaited) throws Exception {
    Process process = start();
    Thread deadline = Thread.ofVirtual().start(() -> killLate(process));
    try {
      WorkerMessageWriter writer = new WorkerMessageWriter(process.getOutputStream());
      for (WorkerMessage message : input) {
        writer.send(message);
      }
      WorkerMessageReader reader =
          new WorkerMessageReader(new BufferedInputStream(process.getInputStream()));
      for (WorkerMessage said = reader.next(); said != null; said = reader.next()) {
        if (kind.isInstance(said) && awaited.test(kind.cast(said))) {
          return kind.cast(said);
        }
      }
      return null;
    } finally {
      process.destroyForcibly();
      deadline.interrupt();
    }
  }

  private static void killLate(Process process) {
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it is over
    }
  }

  private static Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LadderWorker.class.getName())
        .redirectError(Redirect.INHERIT)
        .start();
  }

  /// A worker that gave up reads no further; what it said is checked, not what it did not read.
  private static void feed(Process process, List<WorkerMessage> input) {
    try (var stdin = process.getOutputStream()) {
      WorkerMessageWriter writer = new WorkerMessageWriter(stdin);
      for (WorkerMessage message : input) {
        writer.send(message);
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// The log of a rung.
  List<LogEntry> log(RenditionId rendition) {
    return of(RungEntry.class).stream()
        .filter(entry -> entry.rendition().equals(rendition))
        .map(RungEntry::entry)
        .toList();
  }

  /// The frames of a rung.
  List<LoggedFrame> frames(RenditionId rendition) {
    return framesOf(log(rendition));
  }

  static List<LoggedFrame> framesOf(List<LogEntry> log) {
    return log.stream().filter(LoggedFrame.class::isInstance).map(LoggedFrame.class::cast).toList();
  }

  /// The messages of one kind.
  <T extends WorkerMessage> List<T> of(Class<T> kind) {
    return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
