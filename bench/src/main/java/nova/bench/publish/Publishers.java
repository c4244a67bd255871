package nova.bench.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
  private final BroadcastThreads threads = new BroadcastThreads();

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
      publishers.threads.start("broadcaster-" + number, () -> publishers.publish(target, delay));
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

  private void publish(PublishTarget target, Duration delay)
      throws IOException, InterruptedException {
    Thread.sleep(delay);
    try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
      publishing.countDown();
      new Broadcast(
              () -> Files.newInputStream(clip.file()), true, AS_LONG_AS_NEEDED, System::nanoTime)
          .run(publisher);
    }
  }

  /// Waits while they send.
  ///
  /// @throws IOException as soon as one of them fails
  public void sleep(Duration duration) throws IOException, InterruptedException {
    threads.sleep(duration);
  }

  /// Ends all broadcasts.
  @Override
  public void close() {
    threads.close();
  }
}
