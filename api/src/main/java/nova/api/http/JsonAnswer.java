package nova.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/// A 200 with a JSON body that shared caches may keep for a moment.
///
/// *Immutable.*
///
/// @param body a value of records, strings, numbers and lists
public record JsonAnswer(Object body, int maxAgeSeconds) {
  private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

  public static JsonAnswer ok(Object body, int maxAgeSeconds) {
    return new JsonAnswer(body, maxAgeSeconds);
  }

  public void answer(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "public, max-age=" + maxAgeSeconds);
    Bodies.end(context, json(body));
  }

  static Buffer json(Object value) {
    try {
      return Buffer.buffer(WRITER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write %s as JSON".formatted(value.getClass()), e);
    }
  }
}
