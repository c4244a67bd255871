package nova.bench.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.media.flv.FlvTag;

/// A broadcaster that sends a clip round after round in real time, and remembers when it sent each
/// picture.
///
/// *Thread-safe.*
public final class TimedBroadcaster implements AutoCloseable {
  private static final Duration AS_LONG_AS_NEEDED = Duration.ofDays(1);

  private final NavigableMap<Long, Long> sentNanos = new ConcurrentSkipListMap<>();
  private final BroadcastThreads threads = new BroadcastThreads();

  private TimedBroadcaster() {}

  /// Begins to publish.
  public static TimedBroadcaster start(Clip clip, String url) {
    PublishTarget target = PublishTarget.parse(url);
    TimedBroadcaster broadcaster = new TimedBroadcaster();
    broadcaster.threads.start("broadcaster", () -> broadcaster.publish(clip, target));
    return broadcaster;
  }

  private void publish(Clip clip, PublishTarget target) throws IOException, InterruptedException {
    try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
      new Broadcast(
              () -> Files.newInputStream(clip.file()), true, AS_LONG_AS_NEEDED, System::nanoTime)
          .run(
              tag -> {
                publisher.send(tag);
                if (tag instanceof FlvTag.FlvVideoTag) {
                  sentNanos.put(tag.timestampMs(), System.nanoTime());
                }
              });
    }
  }

  /// When the last picture before a time of the stream was sent, by the monotonic clock.
  public long sentBefore(long mediaMs) throws IOException {
    Map.Entry<Long, Long> picture = sentNanos.lowerEntry(mediaMs);
    if (picture == null) {
      throw new IOException("nothing was sent before %d ms".formatted(mediaMs));
    }
    return picture.getValue();
  }

  /// Waits while it sends.
  ///
  /// @throws IOException as soon as it fails
  public void sleep(Duration duration) throws IOException, InterruptedException {
    threads.sleep(duration);
  }

  /// Ends the broadcast.
  @Override
  public void close() {
    threads.close();
  }
}
