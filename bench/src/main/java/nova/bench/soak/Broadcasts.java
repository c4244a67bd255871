package nova.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import nova.app.publish.Broadcast;
import nova.app.publish.FlvSource;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.bench.publish.BroadcastThreads;
import nova.bench.publish.Clip;

/// What is sent to two channels: to one a stream without end, to the other a short stream after the
/// other, each with something that happens to it half way.
///
/// Both run at a multiple of the speed of life. Timestamps stay as they are, so the server sees an
/// encoder whose clock is fast, and everything after it works through that much more media.
///
/// *Thread-safe.*
final class Broadcasts implements AutoCloseable {
  private static final Duration SHORT = Duration.ofMinutes(2); // of media
  private static final Duration HALF = SHORT.dividedBy(2);
  private static final Duration AS_LONG_AS_NEEDED = Duration.ofDays(1);

  /// What happens half way; then the stream goes on.
  private enum Incident {
    NONE,
    CONNECTION_LOST,
    OTHER_PICTURE_SIZE,
    WORKER_KILLED
  }

  private final Clip clip;
  private final Clip other;
  private final int speed;
  private final Workers workers;
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger killed = new AtomicInteger();
  private final BroadcastThreads threads = new BroadcastThreads();

  /// @param clip what is broadcast, with sound of 24 kHz
  /// @param other the same of another size
  Broadcasts(Clip clip, Clip other, int speed, Workers workers) {
    this.clip = clip;
    this.other = other;
    this.speed = speed;
    this.workers = workers;
  }

  /// Begins the stream without end, whose sound is to be encoded.
  void startLong(String url) {
    PublishTarget target = PublishTarget.parse(url);
    threads.start(
        "broadcaster-long",
        () -> {
          try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
            streams.incrementAndGet();
            broadcast(() -> Files.newInputStream(clip.file()), AS_LONG_AS_NEEDED)
                .run(new HeAacSink(publisher));
          }
        });
  }

  /// Begins the first of the short streams.
  void startShort(String url) {
    PublishTarget target = PublishTarget.parse(url);
    threads.start(
        "broadcaster-short",
        () -> {
          while (!Thread.currentThread().isInterrupted()) {
            for (Incident incident : Incident.values()) {
              streams.incrementAndGet();
              shortStream(target, incident);
            }
          }
        });
  }

  /// Streams begun so far.
  int streams() {
    return streams.get();
  }

  /// Workers killed so far.
  int killed() {
    return killed.get();
  }

  private void shortStream(PublishTarget target, Incident incident)
      throws IOException, InterruptedException {
    FlvSource source = () -> Files.newInputStream(clip.file());
    switch (incident) {
      case NONE -> publish(target, source, SHORT);
      case CONNECTION_LOST -> {
        try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
          broadcast(source, HALF).run(publisher);
          publisher.abandon();
        }
        publish(target, source, HALF);
      }
      case OTHER_PICTURE_SIZE -> {
        AtomicInteger rounds = new AtomicInteger();
        publish(
            target,
            () -> Files.newInputStream((isSecondHalf(rounds) ? other : clip).file()),
            SHORT);
      }
      case WORKER_KILLED -> {
        Instant began = Instant.now();
        try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
          boolean[] over = {false};
          broadcast(source, SHORT)
              .run(
                  tag -> {
                    if (!over[0] && tag.timestampMs() >= HALF.toMillis()) {
                      over[0] = true;
                      workers.newestLadder(began).ifPresent(this::kill);
                    }
                    publisher.send(tag);
                  });
        }
      }
    }
  }

  private static boolean isSecondHalf(AtomicInteger rounds) {
    return rounds.getAndIncrement() * Soak.CLIP.toMillis() >= HALF.toMillis();
  }

  private void kill(ProcessHandle worker) {
    if (worker.destroyForcibly()) {
      killed.incrementAndGet();
    }
  }

  private void publish(PublishTarget target, FlvSource source, Duration media)
      throws IOException, InterruptedException {
    try (RtmpPublisher publisher = RtmpPublisher.connect(target)) {
      broadcast(source, media).run(publisher);
    }
  }

  /// At speed: the clock that a broadcast keeps its time by is fast. It sleeps as long as it would
  /// at that time, and then has as many frames to send at once.
  private Broadcast broadcast(FlvSource source, Duration media) {
    return new Broadcast(source, true, media, () -> System.nanoTime() * speed);
  }

  /// Waits while they send.
  ///
  /// @throws IOException as soon as one of them fails
  void sleep(Duration duration) throws IOException, InterruptedException {
    threads.sleep(duration);
  }

  /// Ends both.
  @Override
  public void close() {
    threads.close();
  }
}
