package nova.bench.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Threads that broadcast until they are told to stop, and the first failure of any.
///
/// *Thread-safe.*
public final class BroadcastThreads implements AutoCloseable {
  private static final long STOP_TIMEOUT_MS = 2_000;

  private final CompletableFuture<IOException> failure = new CompletableFuture<>();
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  /// What a thread does; it ends when it is interrupted.
  @FunctionalInterface
  public interface Story {
    void tell() throws IOException, InterruptedException;
  }

  /// Starts a thread.
  public void start(String name, Story story) {
    threads.add(Thread.ofVirtual().name(name).start(() -> tell(story)));
  }

  private void tell(Story story) {
    try {
      story.tell();
    } catch (IOException e) {
      failure.complete(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close()
    }
  }

  /// Waits while they send.
  ///
  /// @throws IOException as soon as one of them fails
  public void sleep(Duration duration) throws IOException, InterruptedException {
    try {
      IOException why = failure.get(duration.toMillis(), TimeUnit.MILLISECONDS);
      throw new IOException("a broadcaster failed: " + why.getMessage(), why);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a failure is a value here, not an exception", e);
    } catch (TimeoutException e) {
      return; // nobody failed
    }
  }

  /// Ends all of them.
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(STOP_TIMEOUT_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
