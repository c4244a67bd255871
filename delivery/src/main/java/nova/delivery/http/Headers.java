package nova.delivery.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/// The header names and fixed values of our answers, encoded once.
final class Headers {
  static final CharSequence VARY = HttpHeaders.VARY;
  static final CharSequence RANGE = HttpHeaders.createOptimized("Range");
  static final CharSequence IF_RANGE = HttpHeaders.createOptimized("If-Range");
  static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  static final CharSequence CONTENT_RANGE = HttpHeaders.createOptimized("Content-Range");

  static final CharSequence CMCD_SESSION = HttpHeaders.createOptimized("CMCD-Session");
  static final CharSequence CMCD_REQUEST = HttpHeaders.createOptimized("CMCD-Request");
  static final CharSequence CMCD_OBJECT = HttpHeaders.createOptimized("CMCD-Object");
  static final CharSequence CMCD_STATUS = HttpHeaders.createOptimized("CMCD-Status");

  static final CharSequence PLAYLIST_TYPE =
      HttpHeaders.createOptimized("application/vnd.apple.mpegurl");
  static final CharSequence MEDIA_TYPE = HttpHeaders.createOptimized("video/mp4");
  static final CharSequence JPEG_TYPE = HttpHeaders.createOptimized("image/jpeg");
  static final CharSequence TEXT_TYPE = HttpHeaders.createOptimized("text/plain; charset=utf-8");
  static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
  static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");

  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("WWW-Authenticate");
  private static final CharSequence BEARER = HttpHeaders.createOptimized("Bearer");
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");
  private static final CharSequence METHODS = HttpHeaders.createOptimized("GET, HEAD, OPTIONS");
  private static final CharSequence EXPOSED =
      HttpHeaders.createOptimized(
          "Date, Age, Content-Length, Content-Range, Content-Encoding, Accept-Ranges, ETag,"
              + " Retry-After");
  private static final CharSequence ALLOWED =
      HttpHeaders.createOptimized(
          "Authorization, Range, If-None-Match, If-Range, Accept, Cache-Control, Content-Type,"
              + " CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status");
  private static final CharSequence ONE_DAY = HttpHeaders.createOptimized("86400");
  private static final CharSequence TIMING = HttpHeaders.createOptimized("Timing-Allow-Origin");

  private Headers() {}

  /// Lets pages of any origin read the answer and its timing.
  static void allowAnyOrigin(MultiMap headers) {
    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.set(TIMING, ANY);
  }

  /// Answers a preflight request.
  static void preflight(MultiMap headers) {
    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
    headers.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, ONE_DAY);
    allow(headers);
  }

  /// Says how to show a token.
  static void askForToken(MultiMap headers) {
    headers.set(WWW_AUTHENTICATE, BEARER);
  }

  /// Names the methods there are.
  static void allow(MultiMap headers) {
    headers.set(HttpHeaders.ALLOW, METHODS);
  }
}
