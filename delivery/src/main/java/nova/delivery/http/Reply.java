package nova.delivery.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import nova.core.Bytes;
import nova.delivery.ByteRange;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryMetrics;
import nova.delivery.RenderedPlaylist;
import nova.delivery.RequestKind;
import org.jspecify.annotations.Nullable;

/// The one answer to a request: status, headers, body, and its count.
///
/// *Confined to its event loop.*
final class Reply {
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final RequestKind kind;
  private final LoopState loop;
  private final HttpDate date;
  private final DeliveryMetrics metrics;
  private boolean forOneViewer;

  Reply(
      HttpServerRequest request,
      RequestKind kind,
      LoopState loop,
      HttpDate date,
      DeliveryMetrics metrics) {
    this.request = request;
    this.response = request.response();
    this.kind = kind;
    this.loop = loop;
    this.date = date;
    this.metrics = metrics;
  }

  HttpServerRequest request() {
    return request;
  }

  RequestKind kind() {
    return kind;
  }

  LoopState loop() {
    return loop;
  }

  /// The answer is for whoever showed the token of its `Authorization` header, and for caches of
  /// nobody else.
  void keepPrivate() {
    forOneViewer = true;
  }

  /// Whether the request has had its answer or nobody is there to read one.
  boolean isOver() {
    return response.ended() || response.closed();
  }

  /// Answers with one sentence.
  void error(int status, String sentence, String cacheControl) {
    if (!isOver()) {
      text(status, sentence, cacheControl);
    }
  }

  /// As [#error], and says when to come back.
  void unavailable(String sentence, String cacheControl) {
    if (!isOver()) {
      response.headers().set(Headers.RETRY_AFTER, "1");
      text(503, sentence, cacheControl);
    }
  }

  /// A short text that must not be kept.
  void text(int status, String line, String cacheControl) {
    if (isOver()) {
      return;
    }
    MultiMap headers = begin(status, cacheControl);
    headers.set(HttpHeaders.CONTENT_TYPE, Headers.TEXT_TYPE);
    end(Bytes.ofUtf8(line + "\n"));
  }

  /// Tells a page of another origin what it may ask.
  void preflight() {
    Headers.preflight(begin(204, CachePolicy.PREFLIGHT));
    metrics.answered(kind, 204, 0);
    var _ = response.end();
  }

  void methodNotAllowed() {
    Headers.allow(response.headers());
    error(405, "Only GET, HEAD and OPTIONS are served here.", CachePolicy.NO_STORE);
  }

  /// A playlist; `etag` is empty for those that change.
  void playlist(RenderedPlaylist playlist, String etag, String cacheControl) {
    if (isOver()) {
      return;
    }
    boolean gzip = acceptsGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
    String tag = etag.isEmpty() || !gzip ? etag : etag.substring(0, etag.length() - 1) + "-gz\"";
    if (!tag.isEmpty() && matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), tag)) {
      notModified(tag, cacheControl);
      return;
    }
    MultiMap headers = begin(200, cacheControl);
    headers.set(HttpHeaders.CONTENT_TYPE, Headers.PLAYLIST_TYPE);
    headers.add(Headers.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (!tag.isEmpty()) {
      headers.set(HttpHeaders.ETAG, tag);
    }
    if (gzip) {
      headers.set(HttpHeaders.CONTENT_ENCODING, Headers.GZIP);
    }
    end(gzip ? playlist.gzip() : playlist.plain());
  }

  /// A JPEG file.
  void jpeg(Bytes jpeg, String etag, String cacheControl) {
    if (isOver()) {
      return;
    }
    if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
      notModified(etag, cacheControl);
      return;
    }
    MultiMap headers = begin(200, cacheControl);
    headers.set(HttpHeaders.CONTENT_TYPE, Headers.JPEG_TYPE);
    headers.set(HttpHeaders.ETAG, etag);
    end(jpeg);
  }

  /// Media, or the range of it that was asked for.
  void media(Body body, String etag) {
    if (isOver()) {
      return;
    }
    if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
      notModified(etag, CachePolicy.IMMUTABLE);
      return;
    }
    String ifRange = request.getHeader(Headers.IF_RANGE);
    String range =
        ifRange == null || ifRange.equals(etag) ? request.getHeader(Headers.RANGE) : null;
    switch (ByteRange.read(range, body.length())) {
      case ByteRange.Whole _ -> media(200, body, etag);
      case ByteRange.Slice slice -> {
        response.headers().set(Headers.CONTENT_RANGE, slice.range().contentRange(body.length()));
        media(206, body.slice(slice.range()), etag);
      }
      case ByteRange.Unsatisfiable _ -> {
        response.headers().set(Headers.CONTENT_RANGE, "bytes */" + body.length());
        error(
            416,
            "The range is outside these %d bytes.".formatted(body.length()),
            CachePolicy.NO_STORE);
      }
    }
  }

  private void media(int status, Body body, String etag) {
    MultiMap headers = begin(status, CachePolicy.IMMUTABLE);
    headers.set(HttpHeaders.CONTENT_TYPE, Headers.MEDIA_TYPE);
    headers.set(HttpHeaders.ACCEPT_RANGES, Headers.BYTES);
    headers.set(HttpHeaders.ETAG, etag);
    headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(body.length()));
    if (request.method().equals(HttpMethod.HEAD)) {
      metrics.answered(kind, status, 0);
      var _ = response.end();
    } else {
      metrics.answered(kind, status, body.length());
      loop.writes().send(request, body);
    }
  }

  private void notModified(String etag, String cacheControl) {
    begin(304, cacheControl).set(HttpHeaders.ETAG, etag);
    metrics.answered(kind, 304, 0);
    var _ = response.end();
  }

  private MultiMap begin(int status, String cacheControl) {
    response.setStatusCode(status);
    MultiMap headers = response.headers();
    Headers.allowAnyOrigin(headers);
    headers.set(HttpHeaders.DATE, date.now());
    headers.set(
        HttpHeaders.CACHE_CONTROL,
        forOneViewer ? CachePolicy.privately(cacheControl) : cacheControl);
    if (forOneViewer) {
      headers.add(Headers.VARY, HttpHeaders.AUTHORIZATION);
    }
    return headers;
  }

  private void end(Bytes body) {
    response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    boolean head = request.method().equals(HttpMethod.HEAD);
    metrics.answered(kind, response.getStatusCode(), head ? 0 : body.length());
    if (head) {
      var _ = response.end();
    } else {
      Buffer buffer = Body.of(body).buffer();
      var _ = response.end(buffer);
    }
  }

  /// Whether gzip is welcome: named, or covered by `*`, and not with a weight of zero.
  private static boolean acceptsGzip(@Nullable String header) {
    if (header == null) {
      return false;
    }
    for (String coding : header.split(",", 32)) {
      String name = coding.replace(" ", "");
      if (name.startsWith("gzip") || name.startsWith("*")) {
        int weight = name.indexOf(";q=0");
        return weight < 0 || name.chars().skip(weight + 4).anyMatch(c -> c >= '1' && c <= '9');
      }
    }
    return false;
  }

  private static boolean matches(@Nullable String header, String etag) {
    if (header == null) {
      return false;
    }
    for (String candidate : header.split(",", 32)) {
      String tag = candidate.trim();
      if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
        return true;
      }
    }
    return false;
  }
}
