package nova.app.publish;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An FLV stream that a program of the worker's jars writes to its stdout. When the program fails,
/// reading fails with the last line of its stderr.
///
/// *Thread-safe.*
public final class WorkerSource implements FlvSource, AutoCloseable {
  private static final long END_SECONDS = 10;

  private final List<String> command;
  private @Nullable Process process;
  private boolean closed;

  /// A source that starts nothing yet.
  ///
  /// @param command the program with its arguments
  public WorkerSource(List<String> command) {
    this.command = List.copyOf(command);
  }

  /// Starts the program. What an earlier call started is ended.
  ///
  /// @throws IOException when the program cannot be run at all
  @Override
  public synchronized InputStream open() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    end();
    Process started = new ProcessBuilder(command).start();
    started.getOutputStream().close();
    process = started;
    return new Output(started);
  }

  /// Ends the program.
  @Override
  public synchronized void close() {
    closed = true;
    end();
  }

  private void end() {
    if (process != null) {
      var _ = process.destroyForcibly();
    }
  }

  /// What the program writes, and in place of the end the reason for it.
  private static final class Output extends FilterInputStream {
    private final Process process;
    private final Thread listening;
    private volatile String lastLine = "";

    Output(Process process) {
      super(process.getInputStream());
      this.process = process;
      listening = Thread.ofVirtual().name("worker-stderr").start(this::listen);
    }

    private void listen() {
      try (BufferedReader stderr = process.errorReader(StandardCharsets.UTF_8)) {
        for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
          if (!line.isBlank()) {
            lastLine = line.strip();
          }
        }
      } catch (IOException e) {
        lastLine = lastLine.isEmpty() ? "its reason cannot be read: " + e.getMessage() : lastLine;
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count < 0) {
        checkEnd();
      }
      return count;
    }

    private void checkEnd() throws IOException {
      try {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)
            || !listening.join(Duration.ofSeconds(END_SECONDS))) {
          throw new IOException("the worker has closed its output and does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            lastLine.isEmpty() ? "the worker ended with status " + process.exitValue() : lastLine);
      }
    }

    @Override
    public void close() throws IOException {
      var _ = process.destroyForcibly();
      super.close();
    }
  }
}
