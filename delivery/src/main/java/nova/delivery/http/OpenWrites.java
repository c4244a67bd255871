package nova.delivery.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import nova.core.NanoClock;
import nova.delivery.DeliveryMetrics;
import nova.delivery.LoopExecutor;
import nova.delivery.Refusal;
import org.jspecify.annotations.Nullable;

/// The bodies that one event loop is sending. Large ones go out piece by piece as the client takes
/// them. A client that takes nothing for too long is cut off, so that it does not keep segments in
/// memory for ever; one that is only slow is not.
///
/// In HTTP/1.1 the socket tells whether the client takes anything. In HTTP/2 it takes other answers
/// through the same socket, so there the pieces are smaller and each that is taken counts.
///
/// *Confined to its event loop.*
final class OpenWrites {
  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final long HTTP2_CANCEL = 0x8;
  private static final int HTTP2_PIECE_BYTES = 128 * 1024;

  private final LoopExecutor loop;
  private final NanoClock clock;
  private final long timeoutNs;
  private final DeliveryMetrics metrics;
  private final Set<Write> writes = new HashSet<>();
  private boolean sweeping;

  OpenWrites(LoopExecutor loop, NanoClock clock, Duration timeout, DeliveryMetrics metrics) {
    this.loop = loop;
    this.clock = clock;
    this.timeoutNs = timeout.toNanos();
    this.metrics = metrics;
  }

  /// Sends a body and ends the response.
  void send(HttpServerRequest request, Body body) {
    Write write = new Write(request, body);
    writes.add(write);
    if (!sweeping) {
      sweeping = true;
      loop.schedule(SWEEP, this::sweep);
    }
    request.response().closeHandler(_ -> write.closed());
    write.proceed();
  }

  private void sweep() {
    sweeping = false;
    long now = clock.nanoTime();
    for (Write write : new ArrayList<>(writes)) {
      write.look(now);
      if (now - write.progressNs > timeoutNs) {
        metrics.refused(Refusal.TOO_SLOW);
        write.abort();
      }
    }
    if (!writes.isEmpty()) {
      sweeping = true;
      loop.schedule(SWEEP, this::sweep);
    }
  }

  private final class Write {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Queue<Buffer> pieces = new ArrayDeque<>();
    private long progressNs = clock.nanoTime();
    private ClientSocket.@Nullable Position position; // null before the first look

    Write(HttpServerRequest request, Body body) {
      this.request = request;
      this.response = request.response();
      int pieceBytes = isHttp2() ? HTTP2_PIECE_BYTES : Body.PIECE_BYTES;
      if (body.length() <= pieceBytes) {
        pieces.add(body.buffer());
      } else {
        pieces.addAll(body.pieces(pieceBytes));
      }
    }

    private boolean isHttp2() {
      return request.version() == HttpVersion.HTTP_2;
    }

    void look(long now) {
      if (!isHttp2()) {
        ClientSocket.Position next = ClientSocket.of(request.connection()).position();
        if (!next.equals(position)) {
          position = next;
          progressNs = now;
        }
      }
    }

    void proceed() {
      progressNs = clock.nanoTime();
      while (pieces.size() > 1) {
        // A failed write shows as the close of the connection.
        var _ = response.write(pieces.remove());
        if (response.writeQueueFull()) {
          response.drainHandler(_ -> proceed());
          return;
        }
      }
      if (!pieces.isEmpty()) {
        var _ = response.end(pieces.remove()).onComplete(_ -> writes.remove(this));
      }
    }

    void abort() {
      closed();
      if (isHttp2()) {
        var _ = response.reset(HTTP2_CANCEL);
      } else {
        ClientSocket.of(request.connection()).cut();
      }
    }

    void closed() {
      writes.remove(this);
      pieces.clear();
    }
  }
}
