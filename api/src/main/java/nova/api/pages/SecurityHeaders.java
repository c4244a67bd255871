package nova.api.pages;

import io.vertx.core.http.HttpServerResponse;

/// What a page allows the browser to do: run the scripts and styles of this server and nothing
/// else, and appear inside other sites only where that is its purpose.
///
/// Spec: CSP Level 3. `blob:` is how Media Source Extensions hand media to the video element.
final class SecurityHeaders {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors ";

  private SecurityHeaders() {}

  static void ownPage(HttpServerResponse response) {
    common(response, "'none'");
    response
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin");
  }

  static void embeddable(HttpServerResponse response) {
    common(response, "*");
  }

  private static void common(HttpServerResponse response, String ancestors) {
    response
        .putHeader("Content-Security-Policy", POLICY + ancestors)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "strict-origin-when-cross-origin")
        .putHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  }
}
