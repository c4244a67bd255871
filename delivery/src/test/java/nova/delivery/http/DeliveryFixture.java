package nova.delivery.http;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import nova.core.InProcessStreamEvents;
import nova.delivery.Broadcast;
import nova.delivery.CountingMetrics;
import nova.delivery.DeliveryConfig;
import nova.delivery.DeliveryPorts;
import nova.delivery.InProcessViewerRegistry;
import nova.delivery.PlaybackGate;
import nova.delivery.ViewerSessions;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.MediaSource;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoredMedia;
import nova.testkit.FakeClock;

/// Delivery behind a real HTTP server on several event loops, with stores in memory and clocks that
/// stand still.
///
/// *Thread-safe.*
final class DeliveryFixture implements AutoCloseable {
  // One for all tests of the JVM: starting them takes longer than most tests.
  private static final Vertx VERTX = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  static final String STREAM = "abcd2345efgh6789";
  static final String CHANNEL = "my-show";

  final FakeClock clock = new FakeClock();
  final CountingMetrics metrics = new CountingMetrics();
  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (snapshot, failure) -> {
            throw new AssertionError(snapshot.stream().value(), failure);
          });
  final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(event.toString(), failure);
          });
  final InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final InMemoryPosterStore posters = new InMemoryPosterStore();
  final InProcessViewerRegistry viewers =
      new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault());
  final HttpClient client = CLIENT;
  final int port;
  final AtomicInteger connections = new AtomicInteger();
  private final Delivery delivery;
  private final String deployment;

  DeliveryFixture() {
    this(DeliveryConfig.defaults(), 2);
  }

  DeliveryFixture(PlaybackGate gate) {
    this(DeliveryConfig.defaults(), 2, gate, stored -> stored);
  }

  DeliveryFixture(DeliveryConfig config, int loops) {
    this(config, loops, PlaybackGate.OPEN, stored -> stored);
  }

  /// @param media makes of the media in memory what delivery reads
  DeliveryFixture(PlaybackGate gate, UnaryOperator<MediaSource> media) {
    this(DeliveryConfig.defaults(), 2, gate, media);
  }

  private DeliveryFixture(
      DeliveryConfig config, int loops, PlaybackGate gate, UnaryOperator<MediaSource> media) {
    delivery =
        Delivery.open(
            config,
            new DeliveryPorts(
                media.apply(new StoredMedia(segments, posters)),
                timelines,
                gate,
                viewers,
                events,
                metrics,
                clock,
                clock::nanoTime));
    port = freePort();
    deployment =
        await(
            VERTX.deployVerticle(
                () ->
                    new AbstractVerticle() {
                      @Override
                      public void start(Promise<Void> started) {
                        Router router = Router.router(vertx);
                        router.errorHandler(
                            400, context -> context.response().setStatusCode(400).end());
                        delivery.mount(router);
                        vertx
                            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
                            .connectionHandler(
                                connection -> {
                                  connections.incrementAndGet();
                                  connection.closeHandler(_ -> connections.decrementAndGet());
                                })
                            .requestHandler(router)
                            .listen(port)
                            .<Void>mapEmpty()
                            .onComplete(started);
                      }
                    },
                new DeploymentOptions().setInstances(loops)));
  }

  Broadcast broadcast() {
    return broadcast(STREAM);
  }

  Broadcast broadcast(String stream) {
    return new Broadcast(timelines, segments, stream, CHANNEL, clock.instant(), 15);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return client.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  /// Waits until the server holds as many requests as said.
  void awaitHeld(int count) throws InterruptedException {
    await("held " + count, () -> metrics.held.get() == count);
  }

  /// Waits until something is so.
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 10 s: " + what);
      }
      Thread.sleep(1);
    }
  }

  /// Who watches at this server.
  ViewerSessions sessions() {
    return delivery.viewers();
  }

  void stopHolding() {
    delivery.stopHolding();
  }

  @Override
  public void close() {
    delivery.close();
    await(VERTX.undeploy(deployment));
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
