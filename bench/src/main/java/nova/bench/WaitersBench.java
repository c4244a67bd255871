package nova.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import nova.app.config.HttpConfig;
import nova.app.http.HttpMetrics;
import nova.app.http.HttpServers;
import nova.bench.http.HttpLoop;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamId;
import nova.delivery.DeliveryConfig;
import nova.delivery.DeliveryMetrics;
import nova.delivery.DeliveryPorts;
import nova.delivery.InProcessViewerRegistry;
import nova.delivery.PlaybackGate;
import nova.delivery.RequestKind;
import nova.delivery.http.Delivery;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoredMedia;

/// How long after a part is put the last of many waiters has it.
///
/// Nova's delivery behind its real HTTP server in this process; the waiters are keep-alive
/// connections of one thread. All wait before the part is put.
final class WaitersBench implements Bench {
  private static final int WARM_UP_ROUNDS = 150;
  private static final long ROUND_NANOS = Duration.ofMillis(334).toNanos();
  private static final Duration HELD_TIMEOUT = Duration.ofSeconds(10);

  private final int rounds;

  WaitersBench(int rounds) {
    this.rounds = rounds;
  }

  @Override
  public String name() {
    return "waiters";
  }

  @Override
  public String load() {
    return ("part complete -> waiters, %d parts; of the waiters a quarter each holds the video and"
            + " audio playlist, the video part (125 kB) and the audio part")
        .formatted(rounds);
  }

  @Override
  public List<Figure> run() throws Exception {
    List<Figure> figures = new ArrayList<>();
    for (int waiters : List.of(200, 1000)) {
      figures.addAll(run(waiters));
    }
    return figures;
  }

  private List<Figure> run(int count) throws Exception {
    HeldCount held = new HeldCount();
    InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
    InMemoryTimelineStore timelines =
        new InMemoryTimelineStore(
            (_, failure) -> {
              throw new IllegalStateException("a listener of the timeline failed", failure);
            });
    SyntheticStream stream =
        new SyntheticStream(StreamId.random(RandomGenerator.getDefault()), segments, timelines);
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true)); // as Nova's
    DeliveryPorts ports =
        new DeliveryPorts(
            new StoredMedia(segments, new InMemoryPosterStore()),
            timelines,
            PlaybackGate.OPEN,
            new InProcessViewerRegistry(
                InstantSource.system(), System::nanoTime, RandomGenerator.getDefault()),
            new InProcessStreamEvents(
                (_, failure) -> {
                  throw new IllegalStateException("a subscriber failed", failure);
                }),
            held,
            InstantSource.system(),
            System::nanoTime);
    try (Delivery delivery = Delivery.open(DeliveryConfig.defaults(), ports);
        HttpServers server =
            HttpServers.open(
                vertx,
                loopback(),
                Runtime.getRuntime().availableProcessors(),
                System::nanoTime,
                HttpMetrics.NONE,
                List.of(delivery::mount));
        HttpLoop loop = HttpLoop.start("waiters")) {
      Waiters waiters =
          Waiters.connect(
              count, loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        round(waiters, stream, held, count);
      }
      return measure(waiters, stream, held, count);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static HttpConfig loopback() {
    Duration timeout = Duration.ofMinutes(2);
    return new HttpConfig(
        "127.0.0.1",
        0,
        -1,
        "",
        "",
        0,
        DataSize.ofKiB(8),
        DataSize.ofMiB(1),
        timeout,
        timeout,
        Duration.ZERO,
        Duration.ofSeconds(1));
  }

  private List<Figure> measure(Waiters waiters, SyntheticStream stream, HeldCount held, int count)
      throws InterruptedException {
    Samples lastFirstByte = new Samples(rounds);
    Samples lastByte = new Samples(rounds);
    Samples firstByteOfEach = new Samples(rounds * count);
    Samples lastAnswer = new Samples(rounds);
    long next = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      Waiters.Round result = round(waiters, stream, held, count);
      lastAnswer.add(held.lastAnswerNanos() - result.putAtNanos());
      lastFirstByte.add(result.lastFirstByteNanos());
      lastByte.add(result.lastByteNanos());
      result.firstByteNanos().forEach(firstByteOfEach::add);
      next += ROUND_NANOS;
      LockSupport.parkNanos(next - System.nanoTime());
    }
    String who = "of " + Figure.number(count) + " waiters";
    return List.of(
        Figure.limited(
            "last " + who + ", first byte, p99", lastFirstByte.percentileMs(99), 30, "ms"),
        Figure.fact("last " + who + ", first byte, p50", ms(lastFirstByte, 50)),
        Figure.fact(
            "last " + who + ", answer handed to the network, p50 / p99",
            ms(lastAnswer, 50) + " / " + ms(lastAnswer, 99)),
        Figure.fact(
            "last " + who + ", all bytes, p50 / p99", ms(lastByte, 50) + " / " + ms(lastByte, 99)),
        Figure.fact(
            "each " + who + ", first byte, p50 / p99",
            ms(firstByteOfEach, 50) + " / " + ms(firstByteOfEach, 99)));
  }

  private static String ms(Samples samples, double percent) {
    return Figure.number(samples.percentileMs(percent)) + " ms";
  }

  private static Waiters.Round round(
      Waiters waiters, SyntheticStream stream, HeldCount held, int count)
      throws InterruptedException {
    waiters.request(stream);
    held.awaitHeld(count);
    long putAt = System.nanoTime();
    stream.putNextPart();
    return waiters.awaitAll(putAt);
  }

  /// Counts the requests that the server holds, and remembers when it wrote the last answer: what
  /// comes after that is the kernel's and the client's time.
  private static final class HeldCount implements DeliveryMetrics {
    private final AtomicInteger now = new AtomicInteger();
    private volatile long lastAnswerNanos;

    @Override
    public void answered(RequestKind kind, int status, long bodyBytes) {
      lastAnswerNanos = System.nanoTime();
    }

    long lastAnswerNanos() {
      return lastAnswerNanos;
    }

    @Override
    public void holdStarted(RequestKind kind) {
      now.incrementAndGet();
    }

    @Override
    public void holdEnded(RequestKind kind, long heldNs) {
      now.decrementAndGet();
    }

    void awaitHeld(int count) {
      long deadline = System.nanoTime() + HELD_TIMEOUT.toNanos();
      while (now.get() < count) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "the server holds %d requests (expected: %d)".formatted(now.get(), count));
        }
        LockSupport.parkNanos(200_000);
      }
    }
  }
}
