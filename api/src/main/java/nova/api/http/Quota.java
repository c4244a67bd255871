package nova.api.http;

import io.vertx.core.http.HttpServerResponse;

/// What somebody may still ask.
///
/// Spec: draft-ietf-httpapi-ratelimit-headers-10 §3, §4. *Immutable.*
///
/// @param perMinute requests that come back each minute
/// @param remaining requests that are left now; negative when this one was too many
/// @param fullInSeconds when all of the burst is back
/// @param nextInSeconds when the next request is
record Quota(long perMinute, long remaining, long fullInSeconds, long nextInSeconds) {
  boolean isExceeded() {
    return remaining < 0;
  }

  void describe(HttpServerResponse response) {
    response
        .putHeader("RateLimit-Policy", "\"default\";q=%d;w=60".formatted(perMinute))
        .putHeader(
            "RateLimit", "\"default\";r=%d;t=%d".formatted(Math.max(0, remaining), fullInSeconds));
  }
}
