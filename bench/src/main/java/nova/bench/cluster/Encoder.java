package nova.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.bench.publish.Clip;

/// A broadcaster that behaves as good encoders do: it sends a clip round after round, goes on at
/// another server when it is asked to reconnect (E-RTMP v2), and when the connection ends it comes
/// back a second later, to the next of the servers it knows.
///
/// *Thread-safe.*
final class Encoder implements AutoCloseable {
  private static final Duration AS_LONG_AS_NEEDED = Duration.ofDays(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long STOP_MS = 5_000;

  private final Clip clip;
  private final Supplier<List<String>> servers;
  private final boolean comesBack;
  private final CountDownLatch publishing = new CountDownLatch(1);
  private final AtomicInteger moves = new AtomicInteger();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean live;

  private Encoder(String name, Clip clip, Supplier<List<String>> servers, boolean comesBack) {
    this.clip = clip;
    this.servers = servers;
    this.comesBack = comesBack;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /// Starts one and waits until it was accepted for the first time.
  ///
  /// @param servers the addresses to publish to that there are now, in the order of preference
  static Encoder start(String name, Clip clip, Supplier<List<String>> servers)
      throws IOException, InterruptedException {
    return start(new Encoder(name, clip, servers, true));
  }

  /// As [#start], but it stays away once its connection ends.
  static Encoder startOnce(String name, Clip clip, Supplier<List<String>> servers)
      throws IOException, InterruptedException {
    return start(new Encoder(name, clip, servers, false));
  }

  private static Encoder start(Encoder encoder) throws IOException, InterruptedException {
    encoder.thread.start();
    if (!encoder.publishing.await(30, TimeUnit.SECONDS)) {
      encoder.close();
      throw new IOException("the encoder was not accepted: " + encoder.told());
    }
    return encoder;
  }

  private void run() {
    int attempt = 0;
    try {
      do {
        List<String> all = servers.get();
        attend(all.get(attempt++ % all.size()));
        if (comesBack && !closing) {
          Thread.sleep(PAUSE);
        }
      } while (comesBack && !closing);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // close()
    }
  }

  /// Publishes until the connection ends, and moves when the server asks for it.
  private void attend(String first) throws InterruptedException {
    String url = first;
    try {
      RtmpPublisher publisher = RtmpPublisher.connectMoving(PublishTarget.parse(url));
      publishing.countDown();
      live = true;
      while (isAskedToMove(publisher)) {
        url = another(url);
        publisher = moved(publisher, url);
      }
    } catch (IOException e) {
      told.add(String.valueOf(e.getMessage()));
    } finally {
      live = false;
    }
  }

  /// Publishes.
  ///
  /// @return true when the server asks to go on elsewhere, and the connection is open still; false
  ///   when the broadcast is over
  private boolean isAskedToMove(RtmpPublisher publisher) throws IOException, InterruptedException {
    Broadcast broadcast =
        new Broadcast(
            () -> Files.newInputStream(clip.file()), true, AS_LONG_AS_NEEDED, System::nanoTime);
    try {
      broadcast.run(
          tag -> {
            publisher.send(tag);
            if (publisher.isAskedToMove()) {
              throw new AskedToMove();
            }
          });
    } catch (AskedToMove _) {
      moves.incrementAndGet();
      return true;
    } catch (IOException e) {
      publisher.abandon(); // what ended by itself gets no goodbye
      throw e;
    } catch (InterruptedException e) {
      publisher.close();
      throw e;
    }
    publisher.close();
    return false;
  }

  private String another(String url) {
    return servers.get().stream().filter(one -> !one.equals(url)).findFirst().orElse(url);
  }

  /// The stream is at the other server before it leaves this one.
  private static RtmpPublisher moved(RtmpPublisher from, String url)
      throws IOException, InterruptedException {
    try {
      return RtmpPublisher.connectMoving(PublishTarget.parse(url));
    } finally {
      from.abandon();
    }
  }

  private static final class AskedToMove extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// Whether it was accepted, and has not heard of an end.
  boolean isPublishing() {
    return live;
  }

  /// Why its connections ended or were refused, in their order.
  List<String> told() {
    return List.copyOf(told);
  }

  /// How often it was asked to go on at another server.
  int moves() {
    return moves.get();
  }

  /// Ends the broadcast with a goodbye.
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      boolean _ = thread.join(Duration.ofMillis(STOP_MS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
