package nova.api.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The body of a request while it arrives: JSON, small, and soon there.
///
/// It takes the place of whoever watched the body's length before. The request must have been
/// paused when it arrived. Only so many bodies arrive at once: that is all they take of the memory.
///
/// *Confined to its event loop.*
final class BodyReader {
  /// No body is longer.
  static final int MAX_BYTES = 64 << 10;

  private static final long PATIENCE_MS = 10_000;
  private static final long LINGER_MS = 1_000;
  private static final long HTTP2_NO_ERROR = 0x0;
  private static final int MAX_DIGITS = 10;
  private static final int CHARS_IN_MESSAGE = 100;

  private final RoutingContext context;
  private final HttpServerRequest request;
  private final Semaphore room;
  private final Consumer<Buffer> then;
  private final Buffer body = Buffer.buffer();
  private final Vertx vertx;
  private final long timer;
  private boolean done;

  private BodyReader(RoutingContext context, Semaphore room, Consumer<Buffer> then) {
    this.context = context;
    this.request = context.request();
    this.room = room;
    this.then = then;
    this.vertx = context.vertx();
    this.timer = vertx.setTimer(PATIENCE_MS, _ -> tooSlow());
  }

  /// Reads it, and hands it on or answers why not.
  ///
  /// @param room for bodies, of which this takes one place until it has arrived
  static void read(RoutingContext context, Semaphore room, Consumer<Buffer> then) {
    HttpServerRequest request = context.request();
    if (isTooLong(request.getHeader(HttpHeaders.CONTENT_LENGTH))) {
      hangUp(context, tooLarge());
      return;
    }
    if (!room.tryAcquire()) {
      BlockingWork.busy().answer(context);
      return;
    }
    BodyReader reader = new BodyReader(context, room, then);
    HttpServerRequest _ =
        request
            .handler(reader::piece)
            .endHandler(_ -> reader.end())
            .exceptionHandler(_ -> reader.stop())
            .resume();
  }

  /// What the header says of the length; Vert.x lets only digits through.
  private static boolean isTooLong(@Nullable String announced) {
    return announced != null
        && (announced.length() > MAX_DIGITS || Long.parseLong(announced) > MAX_BYTES);
  }

  private void piece(Buffer piece) {
    if (done) {
      return;
    }
    if (body.length() + piece.length() > MAX_BYTES) {
      refuse(tooLarge());
    } else {
      body.appendBuffer(piece);
    }
  }

  private void end() {
    if (done) {
      return;
    }
    stop();
    @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (body.length() > 0 && !isJson(type)) {
      Problem.of(415, "unsupported-media-type", notJson(type)).answer(context);
    } else {
      then.accept(body);
    }
  }

  private void tooSlow() {
    if (!done) {
      refuse(
          Problem.of(
              408,
              "body-too-slow",
              "The body did not come to its end within %d s.".formatted(PATIENCE_MS / 1000)));
    }
  }

  private void stop() {
    if (!done) {
      done = true;
      vertx.cancelTimer(timer);
      room.release();
    }
  }

  private void refuse(Problem problem) {
    stop();
    hangUp(context, problem);
  }

  /// Answers while the body may still be coming, of which nothing is kept. Closing at once would
  /// reset the connection and destroy the answer on its way.
  private static void hangUp(RoutingContext context, Problem problem) {
    HttpServerRequest request = context.request();
    request.handler(_ -> {}).endHandler(_ -> {}).exceptionHandler(_ -> {});
    if (request.version() == HttpVersion.HTTP_2) {
      var _ = problem.send(context).onComplete(_ -> reset(request));
    } else {
      context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      var _ = problem.send(context).onComplete(_ -> closeSoon(context));
    }
  }

  private static void reset(HttpServerRequest request) {
    if (!request.isEnded()) {
      var _ = request.response().reset(HTTP2_NO_ERROR);
    }
  }

  private static void closeSoon(RoutingContext context) {
    HttpConnection connection = context.request().connection();
    long _ = context.vertx().setTimer(LINGER_MS, _ -> connection.close());
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    return type.equalsIgnoreCase("application/json");
  }

  private static String notJson(@Nullable String type) {
    return "The body is of type %s (expected: application/json)."
        .formatted(
            type == null
                ? "none"
                : "'%s'".formatted(type.substring(0, Math.min(type.length(), CHARS_IN_MESSAGE))));
  }

  private static Problem tooLarge() {
    return Problem.of(
        413,
        "body-too-large",
        "The body is too large (expected: at most %d bytes).".formatted(MAX_BYTES));
  }
}
