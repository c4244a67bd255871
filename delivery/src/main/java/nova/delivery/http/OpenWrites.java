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

/// The bodies that one event loop is sending. Large ones go out piece by piece as the client takes
/// them; a client that does not take a piece in time is cut off, so that it does not keep segments
/// in memory for ever.
///
/// *Confined to its event loop.*
final class OpenWrites {
  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final long HTTP2_CANCEL = 0x8;

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

    Write(HttpServerRequest request, Body body) {
      this.request = request;
      this.response = request.response();
      if (body.isSmall()) {
        pieces.add(body.buffer());
      } else {
        pieces.addAll(body.pieces());
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
      if (request.version() == HttpVersion.HTTP_2) {
        var _ = response.reset(HTTP2_CANCEL);
      } else {
        var _ = request.connection().close();
      }
    }

    void closed() {
      writes.remove(this);
      pieces.clear();
    }
  }
}
