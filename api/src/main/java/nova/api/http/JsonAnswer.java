package nova.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/// What went well, as JSON.
///
/// *Immutable.*
///
/// @param body a value of records, strings, numbers, lists and maps; null for none
/// @param cacheControl who may keep it, and how long
/// @param version of what is shown, which becomes its ETag; null for what has none
/// @param location path of what was created, below the API's root; or null
public record JsonAnswer(
    int status,
    @Nullable Object body,
    String cacheControl,
    @Nullable Long version,
    @Nullable String location) {
  private static final ObjectWriter WRITER =
      JsonMapper.builder()
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build()
          .writer();
  private static final String PRIVATE = "no-store";

  /// For everybody; shared caches may keep it for a moment.
  public static JsonAnswer shared(Object body, int maxAgeSeconds) {
    return new JsonAnswer(200, body, sharedFor(maxAgeSeconds), null, null);
  }

  static String sharedFor(int maxAgeSeconds) {
    return "public, max-age=" + maxAgeSeconds;
  }

  /// For whoever asked, and nobody keeps it.
  public static JsonAnswer ok(Object body) {
    return new JsonAnswer(200, body, PRIVATE, null, null);
  }

  /// Something that was not there before.
  ///
  /// @param location path where it is now, below the API's root: `/channels/show`
  public static JsonAnswer created(String location, Object body) {
    return new JsonAnswer(201, body, PRIVATE, null, location);
  }

  /// Done, and there is nothing to show.
  public static JsonAnswer nothing() {
    return new JsonAnswer(204, null, PRIVATE, null, null);
  }

  /// The same with an ETag.
  public JsonAnswer at(long shown) {
    return new JsonAnswer(status, body, cacheControl, shown, location);
  }

  /// The same as clients see it.
  ///
  /// @param root path of the API
  JsonAnswer below(String root) {
    return location == null
        ? this
        : new JsonAnswer(status, body, cacheControl, version, root + location);
  }

  public void answer(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.setStatusCode(status).putHeader("Cache-Control", cacheControl);
    if (version != null) {
      response.putHeader("ETag", EntityTags.text(version));
    }
    if (location != null) {
      response.putHeader("Location", location);
    }
    if (body == null) {
      response.end();
      return;
    }
    response.putHeader("Content-Type", "application/json");
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
