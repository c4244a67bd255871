package nova.transcode;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessageReader;
import nova.framelog.pipe.WorkerMessageWriter;
import nova.media.MediaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One worker process: started, talked to, and killed.
///
/// *Thread-safe.*
public final class WorkerProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);
  private static final int PIPE_BUFFER_BYTES = 64 << 10;
  private static final int LONGEST_LINE = 500;

  /// Hears what a worker says, on one thread, in order.
  @FunctionalInterface
  public interface Listener {
    /// Takes a message.
    ///
    /// @throws MediaException when it makes no sense; the worker is then killed
    void said(WorkerMessage message);
  }

  private final Process process;
  private final WorkerMessageWriter stdin;
  private final Thread stdout;
  private final Thread stderr;
  private volatile @Nullable WorkerFailure broken;
  private volatile String lastWords = "";

  private WorkerProcess(Process process, String name, ThreadFactory threads, Listener listener) {
    this.process = process;
    this.stdin = new WorkerMessageWriter(process.getOutputStream());
    this.stdout = threads.newThread(() -> hear(listener));
    this.stderr = threads.newThread(() -> readErrors(name));
    stdout.setName(name + "-stdout");
    stderr.setName(name + "-stderr");
  }

  /// Starts a worker.
  ///
  /// @param name for its threads and log lines
  /// @throws IOException when there is no such program, or no process to be had
  public static WorkerProcess start(
      List<String> command, String name, ThreadFactory threads, Listener listener)
      throws IOException {
    Process process = new ProcessBuilder(command).start();
    try {
      WorkerProcess worker = new WorkerProcess(process, name, threads, listener);
      worker.stdout.start();
      worker.stderr.start();
      return worker;
    } catch (RuntimeException | Error e) {
      Process _ = process.destroyForcibly();
      throw e;
    }
  }

  /// Tells the worker something; waits while the pipe is full.
  ///
  /// @throws IOException when the worker is gone
  public void send(WorkerMessage message) throws IOException {
    stdin.send(message);
  }

  /// Waits for the worker to end and to have been heard to the end.
  ///
  /// @return whether it has
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    long deadline = timeout.toNanos();
    return process.waitFor(deadline, TimeUnit.NANOSECONDS) && stdout.join(timeout);
  }

  /// The exit status of a worker that ended.
  public int status() {
    return process.exitValue();
  }

  /// What the worker was killed for, or null.
  public @Nullable WorkerFailure broken() {
    return broken;
  }

  /// The last line on its stderr, empty without.
  public String lastWords() {
    return lastWords;
  }

  /// Kills the worker; without effect when it has ended.
  public void kill() {
    Process _ = process.destroyForcibly();
  }

  /// Kills the worker for something that its exit status does not tell.
  public void fail(WorkerFailure failure) {
    broken = failure;
    kill();
  }

  @Override
  public void close() {
    kill();
  }

  private void hear(Listener listener) {
    try (InputStream in = new BufferedInputStream(process.getInputStream(), PIPE_BUFFER_BYTES)) {
      WorkerMessageReader reader = new WorkerMessageReader(in);
      for (WorkerMessage said = reader.next(); said != null; said = reader.next()) {
        listener.said(said);
      }
    } catch (MediaException e) {
      fail(new WorkerFailure.BrokeProtocol(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      kill(); // killed, or ended within a message: its status says more
    } catch (RuntimeException | Error e) {
      fail(WorkerFailure.ServerFault.of(e));
    }
  }

  private void readErrors(String name) {
    try (BufferedReader text =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      ShortLines lines = new ShortLines(text, LONGEST_LINE);
      for (String line = lines.next(); line != null; line = lines.next()) {
        lastWords = line;
        log.atDebug().addKeyValue("worker", name).log(line);
      }
    } catch (IOException e) {
      log.atTrace().addKeyValue("worker", name).setCause(e).log("stderr ended");
    }
  }
}
