package nova.framelog.pipe;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/// Writes [WorkerMessage]s to a pipe, whole and one after the other, whoever sends them. Blocks
/// while the pipe is full.
///
/// *Thread-safe.*
public final class WorkerMessageWriter {
  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();

  /// @param out flushed after every message
  public WorkerMessageWriter(OutputStream out) {
    this.out = out;
  }

  /// Sends a message; it is in the pipe after return.
  ///
  /// @throws IOException when the other side has closed the pipe
  public void send(WorkerMessage message) throws IOException {
    byte[] bytes = WorkerProtocol.write(message).toByteArray();
    lock.lock();
    try {
      out.write(bytes);
      out.flush();
    } finally {
      lock.unlock();
    }
  }
}
