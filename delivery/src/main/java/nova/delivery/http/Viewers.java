package nova.delivery.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import nova.core.StreamId;
import nova.delivery.CmcdSession;
import nova.delivery.ViewerSessions;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import org.jspecify.annotations.Nullable;

/// Tells the viewers of live streams by their requests for media playlists. Nobody who plays sends
/// HEAD, and multivariant playlists are read by many who do not.
///
/// Spec: CTA-5004-B §6 (where there is one CMCD header, the query is not looked at). *Thread-safe.*
final class Viewers {
  private final ViewerSessions sessions;

  Viewers(ViewerSessions sessions) {
    this.sessions = sessions;
  }

  /// Somebody asks for the media playlist of a rendition of a live stream.
  void asksFor(StreamId stream, RenditionTimeline rendition, HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      return;
    }
    @Nullable String userAgent = request.getHeader(HttpHeaders.USER_AGENT);
    sessions.seen(
        stream,
        rendition.format() instanceof RenditionFormat.Video
            ? Optional.of(rendition.id())
            : Optional.empty(),
        session(request),
        request.remoteAddress().hostAddress(),
        userAgent == null ? "" : userAgent);
  }

  private static CmcdSession session(HttpServerRequest request) {
    MultiMap headers = request.headers();
    @Nullable String header = headers.get(Headers.CMCD_SESSION);
    if (header != null) {
      return CmcdSession.ofHeader(header);
    }
    boolean elsewhere =
        headers.contains(Headers.CMCD_REQUEST)
            || headers.contains(Headers.CMCD_OBJECT)
            || headers.contains(Headers.CMCD_STATUS);
    return elsewhere ? CmcdSession.ABSENT : CmcdSession.ofQuery(request.query());
  }
}
