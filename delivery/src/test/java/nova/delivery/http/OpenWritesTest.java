package nova.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.delivery.CountingMetrics;
import nova.delivery.LoopExecutor;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How long a client may take for a body; time passes and looks happen when the test says so.
class OpenWritesTest {
  private static final int BODY_BYTES = Body.PIECE_BYTES; // one piece
  private static final int SOCKET_BYTES = 64 * 1024;
  // More than both sockets hold, so that reading it makes the server write.
  private static final int STEP_BYTES = 600_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final BlockingQueue<Runnable> sweeps = new LinkedBlockingQueue<>();
  private final FakeClock clock = new FakeClock();
  private final CountingMetrics metrics = new CountingMetrics();
  private final OpenWrites writes =
      new OpenWrites(new Sweeps(), clock::nanoTime, Duration.ofSeconds(30), metrics);
  private HttpServer server;

  @BeforeEach
  void listen() {
    Body body = Body.of(Bytes.wrap(ByteBuffer.allocateDirect(BODY_BYTES)));
    server = await(onLoop(() -> serve(body)).compose(listening -> listening));
  }

  private Future<HttpServer> serve(Body body) {
    return vertx
        .createHttpServer(
            new HttpServerOptions().setHost("127.0.0.1").setSendBufferSize(SOCKET_BYTES))
        .requestHandler(
            request -> {
              request
                  .response()
                  .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(BODY_BYTES));
              writes.send(request, body);
            })
        .listen(0);
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void slowClient_isNotCutOff_howeverLongItTakes() throws Exception {
    try (Socket client = request()) {
      int read = 0;
      while (read < BODY_BYTES - STEP_BYTES) {
        read += client.getInputStream().readNBytes(STEP_BYTES).length;
        clock.advance(Duration.ofSeconds(20));
        sweep();
      }
      byte[] rest = client.getInputStream().readAllBytes();

      assertThat(read + rest.length).isGreaterThan(BODY_BYTES); // and the header
      assertThat(metrics.count("refused too-slow")).isZero();
    }
  }

  @Test
  void clientThatTakesNothing_isCutOff_andTheSocketClosed() throws Exception {
    try (Socket client = request()) {
      assertThat(client.getInputStream().read()).isEqualTo('H');
      for (int i = 0; i < 3; i++) { // what the sockets hold leaves before the first or second look
        sweep();
        clock.advance(Duration.ofSeconds(31));
      }
      sweep();

      assertThat(metrics.count("refused too-slow")).isEqualTo(1);
      assertThat(remaining(client.getInputStream())).isLessThan(BODY_BYTES);
    }
  }

  /// The server hangs up with an end or a reset, whichever the system makes of it.
  private static long remaining(InputStream in) {
    long count = 0;
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count += n;
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server did not hang up", e);
    } catch (IOException e) {
      return count;
    }
    return count;
  }

  private Socket request() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SOCKET_BYTES);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
    socket
        .getOutputStream()
        .write(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /// Lets the loop look at what is open, and waits until it has; nothing when nothing is open.
  private void sweep() throws InterruptedException {
    Runnable due = sweeps.poll(metrics.count("refused too-slow") > 0 ? 0 : 10, TimeUnit.SECONDS);
    if (due != null) {
      await(
          onLoop(
              () -> {
                due.run();
                return due;
              }));
    }
  }

  private <T> Future<T> onLoop(Supplier<T> task) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(_ -> done.complete(task.get()));
    return done.future();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private final class Sweeps implements LoopExecutor {
    @Override
    public void execute(Runnable task) {
      loop.runOnContext(_ -> task.run());
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
      sweeps.add(task);
    }
  }
}
