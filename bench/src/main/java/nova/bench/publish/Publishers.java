package nova.bench.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;

/// Broadcasters that send a clip round after round in real time, each on its own connection and
/// thread.
///
/// *Thread-safe.*
public final class Publishers implements AutoCloseable {
  private static final Duration AS_LONG_AS_NEEDED = Duration.ofDays(1);

  /// Between the first frames of two broadcasters, so that keyframes and cuts do not coincide.
  private static final Duration STAGGER = Duration.ofMillis(97);

  private final Clip clip;
  private final CountDownLatch publishing;
  private final CompletableFuture<IOException> failure = new CompletableFuture<>();
  private final List<Thread> threads = new ArrayList<>();

  private Publishers(Clip clip, int count) {
    this.clip = clip;
    this.publishing = new CountDownLatch(count);
  }

  /// Starts them and returns when the server has accepted all.
  ///
  /// @param url where the broadcaster of a number from 0 publishes
  public static Publishers start(Clip clip, int count, IntFunction<String> url)
      throws IOException, InterruptedException {
    Publishers publishers = new Publishers(clip, count);
    for (int number = 0; number < count; number++) {
      PublishTarget target = PublishTarget.parse(url.apply(number));
      Duration delay = STAGGER.multipliedBy(number);
      publishers.threads.add(
          Thread.ofVirtual()
              .name("broadcaster-" + number)
              .start(() -> publishers.publish(target, delay)));
    }
    try {
      while (!publishers.publishing.await(100, TimeUnit.MILLISECONDS)) {
        publishers.sleep(Duration.ZERO);
      }
      return publishers;
    } catch (IOException | InterruptedException e) {
      publishers.close();
      throw e;
    }
  }

  private void publish(PublishTarget target, Duration delay) {
    try {
      Thread.sleep(delay);
      try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
        publishing.countDown();
        new Broadcast(
                () -> Files.newInputStream(clip.file()), true, AS_LONG_AS_NEEDED, System::nanoTime)
            .run(publisher);
      }
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

  /// Ends all broadcasts.
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(2000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
