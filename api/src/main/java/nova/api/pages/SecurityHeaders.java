package nova.api.pages;

import io.vertx.core.http.HttpServerResponse;

/// What a page allows the browser to do: run the scripts and styles of this server, fetch from it
/// and from where playback is, and nothing else; and appear inside other sites only where that is
/// its purpose.
///
/// Spec: CSP Level 3. `blob:` is how Media Source Extensions hand media to the video element.
///
/// *Immutable.*
final class SecurityHeaders {
  private final String policy;

  /// @param playbackUrl the origin of playlists, media and posters; empty when that is this server
  SecurityHeaders(String playbackUrl) {
    String playback = playbackUrl.isEmpty() ? "" : " " + playbackUrl;
    this.policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
            + playback
            + "; media-src 'self' blob:"
            + playback
            + "; connect-src 'self'"
            + playback
            + "; base-uri 'none'; form-action 'none'; frame-ancestors ";
  }

  void ownPage(HttpServerResponse response) {
    common(response, "'none'");
    response
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin");
  }

  void embeddable(HttpServerResponse response) {
    common(response, "*");
  }

  private void common(HttpServerResponse response, String ancestors) {
    response
        .putHeader("Content-Security-Policy", policy + ancestors)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "strict-origin-when-cross-origin")
        .putHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  }
}
