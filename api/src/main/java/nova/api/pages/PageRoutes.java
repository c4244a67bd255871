package nova.api.pages;

import static java.util.Objects.requireNonNull;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.IntSupplier;
import nova.api.http.Bodies;
import nova.api.http.Problem;
import nova.core.ChannelSlug;
import org.jspecify.annotations.Nullable;

/// `/` shows what is live, `/watch/{channel}` is the watch page, `/embed/{channel}` the bare player
/// for iframes, `/api/docs` shows the document of the API, and `/assets/{version}/…` has the files
/// they use.
///
/// *Thread-safe.*
public final class PageRoutes {
  private final SiteAssets assets;
  private final IntSupplier rtmpPort;
  private final SecurityHeaders security;
  private final PageTemplate home;
  private final PageTemplate watch;
  private final PageTemplate embed;
  private final PageTemplate docs;
  private final PageTemplate notFound;

  /// @param pathPrefix the path below which viewers see this server, empty or starting with `/`
  /// @param playbackUrl the origin of playlists, media and posters; empty when that is this server
  /// @param rtmpPort the port broadcasters are told to use
  public PageRoutes(
      SiteAssets assets, String pathPrefix, String playbackUrl, IntSupplier rtmpPort) {
    String playback = playbackUrl.isEmpty() ? pathPrefix : playbackUrl;
    this.assets = assets;
    this.rtmpPort = rtmpPort;
    this.security = new SecurityHeaders(playbackUrl);
    this.home = PageTemplate.load(assets, "home.html", pathPrefix, playback);
    this.watch = PageTemplate.load(assets, "watch.html", pathPrefix, playback);
    this.embed = PageTemplate.load(assets, "embed.html", pathPrefix, playback);
    this.docs = PageTemplate.load(assets, "docs.html", pathPrefix, playback);
    this.notFound = PageTemplate.load(assets, "not-found.html", pathPrefix, playback);
  }

  public void mount(Router router) {
    read(router, "/").handler(context -> answerPage(context, home, ""));
    read(router, "/api/docs").handler(context -> answerPage(context, docs, ""));
    read(router, "/watch/:channel").handler(context -> channelPage(context, watch));
    read(router, "/embed/:channel").handler(context -> channelPage(context, embed));
    read(router, "/assets/:version/*").handler(this::asset);
    read(router, "/favicon.ico").handler(this::icon);
  }

  /// A 404 for people.
  public void answerNotFound(RoutingContext context) {
    context.response().setStatusCode(404);
    answerPage(context, notFound, "");
  }

  private static Route read(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private void channelPage(RoutingContext context, PageTemplate page) {
    String channel = requireNonNull(context.pathParam("channel"));
    if (ChannelSlug.isValid(channel)) {
      answerPage(context, page, channel);
    } else {
      answerNotFound(context);
    }
  }

  private void answerPage(RoutingContext context, PageTemplate page, String channel) {
    HttpServerResponse response = context.response();
    if (page == embed) {
      security.embeddable(response);
    } else {
      security.ownPage(response);
    }
    response
        .putHeader("Content-Type", "text/html; charset=utf-8")
        .putHeader("Cache-Control", "no-cache");
    Bodies.end(context, page.render(channel, rtmpPort.getAsInt()));
  }

  private void asset(RoutingContext context) {
    String prefix = "/assets/" + assets.version() + "/";
    String path = context.normalizedPath();
    // Under another version's address nothing is served: a cache would keep it for ever.
    Optional<SiteAsset> asset =
        path.startsWith(prefix) ? assets.find(path.substring(prefix.length())) : Optional.empty();
    if (asset.isPresent()) {
      context.response().putHeader("Cache-Control", "public, max-age=31536000, immutable");
      answerAsset(context, asset.get());
    } else {
      Problem.notFound("unknown-asset", "There is no such file; load the page again.")
          .answer(context);
    }
  }

  private void icon(RoutingContext context) {
    context.response().putHeader("Cache-Control", "public, max-age=86400");
    answerAsset(context, assets.icon());
  }

  private static void answerAsset(RoutingContext context, SiteAsset asset) {
    HttpServerResponse response = context.response();
    response
        .putHeader("Content-Type", asset.contentType())
        .putHeader("Vary", "Accept-Encoding")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (asset.gzip() != null && acceptsGzip(context)) {
      response.putHeader("Content-Encoding", "gzip");
      Bodies.end(context, asset.gzip());
    } else {
      Bodies.end(context, asset.plain());
    }
  }

  private static boolean acceptsGzip(RoutingContext context) {
    @Nullable String accepted = context.request().getHeader(HttpHeaders.ACCEPT_ENCODING);
    return accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
  }
}
