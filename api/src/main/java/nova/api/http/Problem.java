package nova.api.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import nova.core.ChannelSlug;
import org.jspecify.annotations.Nullable;

/// An error of the API, told in one sentence.
///
/// Spec: RFC 9457 §3 (Problem Details). The type is always `about:blank`; `reason`, `field` and
/// `parameter` are extension members for programs. *Immutable.*
///
/// @param reason stable, in kebab-case
/// @param detail one sentence for people: what is wrong and what to do
/// @param field JSON pointer into the body to what is wrong, or null
/// @param parameter name of the query parameter that is wrong, or null
/// @param retryAfterSeconds when asking again may help, or null
public record Problem(
    int status,
    String reason,
    String detail,
    @Nullable String field,
    @Nullable String parameter,
    @Nullable Long retryAfterSeconds) {
  /// Why a token was not taken; tells that the one that was shown is none.
  private static final String INVALID_TOKEN = "invalid-token";

  public static Problem of(int status, String reason, String detail) {
    return new Problem(status, reason, detail, null, null, null);
  }

  public static Problem badRequest(String reason, String detail) {
    return of(400, reason, detail);
  }

  public static Problem notFound(String reason, String detail) {
    return of(404, reason, detail);
  }

  /// A value of the body that cannot be.
  ///
  /// @param pointer JSON pointer, RFC 6901
  public static Problem invalidField(String pointer, String detail) {
    return new Problem(400, "invalid-field", detail, pointer, null, null);
  }

  /// A query parameter that cannot be.
  public static Problem invalidParameter(String name, String detail) {
    return new Problem(400, "invalid-parameter", detail, null, name, null);
  }

  /// Something that may go well a little later.
  public static Problem later(int status, String reason, String detail, long seconds) {
    return new Problem(status, reason, detail, null, null, seconds);
  }

  /// What is there knows no such method.
  ///
  /// @param allowed methods that it knows
  static Problem methodNotAllowed(String allowed) {
    return of(
        405, "method-not-allowed", "This cannot be done here (expected: %s).".formatted(allowed));
  }

  /// The token that was shown is none, or none any more.
  public static Problem invalidToken() {
    return of(
        401, INVALID_TOKEN, "The token is unknown, revoked or expired; have another one made.");
  }

  /// The token that was shown is for another channel.
  ///
  /// @param channel that it is for
  /// @param expected what would do, for people
  public static Problem ofOneChannel(ChannelSlug channel, String expected) {
    return of(
        403,
        "token-of-one-channel",
        "The token is for channel '%s' only (expected: %s).".formatted(channel, expected));
  }

  /// An address has shown too many tokens that are none.
  ///
  /// @param wait before another unknown one is looked up
  public static Problem tooManyWrongTokens(Duration wait) {
    return later(
        429,
        "too-many-wrong-tokens",
        "Too many wrong tokens came from this address; no unknown one is looked up for a moment.",
        Math.max(1, Math.ceilDiv(wait.toMillis(), 1_000L)));
  }

  public void answer(RoutingContext context) {
    var _ = send(context);
  }

  /// Answers. A body that waited flows off, or it would hold up what comes after it.
  ///
  /// @return when the client's system has been given all of it
  Future<Void> send(RoutingContext context) {
    HttpServerRequest request = context.request();
    Future<Void> sent = send(request);
    if (!request.isEnded()) {
      HttpServerRequest _ = request.resume();
    }
    return sent;
  }

  /// Answers a request that met no route.
  ///
  /// @return when the client's system has been given all of it
  public Future<Void> send(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store");
    if (retryAfterSeconds != null) {
      response.putHeader("Retry-After", Long.toString(retryAfterSeconds));
    }
    if (status == 401 || status == 403) {
      response.putHeader("WWW-Authenticate", challenge());
    }
    return Bodies.end(
        request,
        JsonAnswer.json(
            new Body("about:blank", title(), status, detail, reason, field, parameter)));
  }

  /// Spec: RFC 6750 §3; an error code only when a token was shown.
  private String challenge() {
    String error =
        switch (reason) {
          case INVALID_TOKEN -> ", error=\"invalid_token\"";
          case "insufficient-scope" -> ", error=\"insufficient_scope\"";
          default -> "";
        };
    return "Bearer realm=\"Nova\"" + error;
  }

  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> throw new IllegalStateException("no title for status %d".formatted(status));
    };
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"type", "title", "status", "detail", "reason", "field", "parameter"})
  private record Body(
      String type,
      String title,
      int status,
      String detail,
      String reason,
      @Nullable String field,
      @Nullable String parameter) {}
}
