package nova.api.http;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vertx.ext.web.RoutingContext;

/// An error of the API, told in one sentence.
///
/// Spec: RFC 9457 §3 (Problem Details). The type is always `about:blank`; `reason` is an extension
/// member for programs. *Immutable.*
///
/// @param reason stable, in kebab-case
/// @param detail one sentence for people: what is wrong and what to do
public record Problem(int status, String reason, String detail) {
  public static Problem badRequest(String reason, String detail) {
    return new Problem(400, reason, detail);
  }

  public static Problem notFound(String reason, String detail) {
    return new Problem(404, reason, detail);
  }

  public void answer(RoutingContext context) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "public, max-age=1");
    Bodies.end(context, JsonAnswer.json(new Body("about:blank", title(), status, detail, reason)));
  }

  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      default -> throw new IllegalStateException("no title for status %d".formatted(status));
    };
  }

  @JsonPropertyOrder({"type", "title", "status", "detail", "reason"})
  private record Body(String type, String title, int status, String detail, String reason) {}
}
