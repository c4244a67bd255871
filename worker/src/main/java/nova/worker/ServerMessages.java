package nova.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessageReader;

/// Reads what the server says on a thread of its own, one message ahead, so that whoever takes it
/// need not wait until there is some: a pipe cannot be read with a timeout.
///
/// *Confined to its creator's thread.*
final class ServerMessages {
  /// What there was to take.
  sealed interface Next {
    /// A message.
    record Message(WorkerMessage message) implements Next {}

    /// Nothing came in time.
    record Nothing() implements Next {}

    /// Nothing will come: the server closed the pipe, or went away.
    record End() implements Next {}

    /// What came is no message; nothing follows.
    record Broken(Throwable cause) implements Next {}
  }

  private final BlockingQueue<Next> queue = new ArrayBlockingQueue<>(1);

  private ServerMessages() {}

  /// Begins to read.
  static ServerMessages read(WorkerMessageReader in, ThreadFactory threads) {
    ServerMessages messages = new ServerMessages();
    Thread reader = threads.newThread(() -> messages.follow(in));
    reader.setName("server-messages");
    reader.start();
    return messages;
  }

  /// The next message; waits no longer than `timeout` for it.
  Next take(Duration timeout) throws InterruptedException {
    Next next = queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    return next == null ? new Next.Nothing() : next;
  }

  private void follow(WorkerMessageReader in) {
    try {
      Next next = next(in);
      while (next instanceof Next.Message) {
        queue.put(next);
        next = next(in);
      }
      queue.put(next);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody takes any more
    }
  }

  private static Next next(WorkerMessageReader in) {
    try {
      return switch (in.next()) {
        case null -> new Next.End();
        case WorkerMessage message -> new Next.Message(message);
      };
    } catch (IOException _) {
      return new Next.End();
    } catch (RuntimeException | Error e) {
      return new Next.Broken(e);
    }
  }
}
