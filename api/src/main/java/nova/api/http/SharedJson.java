package nova.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Supplier;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// An answer for everybody that is made once for as long as it is good, however many ask.
///
/// *Thread-safe.*
public final class SharedJson {
  private final Supplier<Object> body;
  private final long goodForNs;
  private final String cacheControl;
  private final NanoClock clock;
  private volatile @Nullable Made latest;

  private record Made(Buffer json, long goodUntilNs) {
    boolean isGoodAt(long nowNs) {
      return nowNs - goodUntilNs < 0;
    }
  }

  /// @param body as [JsonAnswer] takes it; made on whatever event loop asks
  /// @param goodForSeconds how old it may be, and how long shared caches may keep it
  public SharedJson(Supplier<Object> body, int goodForSeconds, NanoClock clock) {
    this.body = body;
    this.goodForNs = Duration.ofSeconds(goodForSeconds).toNanos();
    this.cacheControl = JsonAnswer.sharedFor(goodForSeconds);
    this.clock = clock;
  }

  public void answer(RoutingContext context) {
    context
        .response()
        .putHeader("Cache-Control", cacheControl)
        .putHeader("Content-Type", "application/json");
    var _ = Bodies.end(context, current());
  }

  private Buffer current() {
    Made made = latest;
    return made != null && made.isGoodAt(clock.nanoTime()) ? made.json() : makeUnlessMade();
  }

  private synchronized Buffer makeUnlessMade() {
    long nowNs = clock.nanoTime();
    Made made = latest;
    if (made == null || !made.isGoodAt(nowNs)) {
      made = new Made(JsonAnswer.json(body.get()), nowNs + goodForNs);
      latest = made;
    }
    return made.json();
  }
}
