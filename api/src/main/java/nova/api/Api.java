package nova.api;

import io.vertx.ext.web.Router;
import nova.api.http.UnknownPaths;
import nova.api.pages.PageRoutes;
import nova.api.pages.SiteAssets;
import nova.api.stream.PlaybackLinks;
import nova.api.stream.PlaybackRoutes;
import nova.api.stream.StreamDirectory;
import nova.api.stream.StreamRoutes;
import nova.core.StreamEvents.Subscription;

/// The REST API and the watch pages. Opened once per process, mounted once per HTTP server
/// verticle.
///
/// *Thread-safe.*
public final class Api implements AutoCloseable {
  private final StreamDirectory directory;
  private final PlaybackLinks links;
  private final PageRoutes pages;
  private final Subscription subscription;

  private Api(
      StreamDirectory directory, PlaybackLinks links, PageRoutes pages, Subscription subscription) {
    this.directory = directory;
    this.links = links;
    this.pages = pages;
    this.subscription = subscription;
  }

  /// Loads the pages and begins to follow the stream events. Streams that started earlier are not
  /// seen, so this is called before ingest accepts broadcasters.
  public static Api open(ApiConfig config, ApiPorts ports) {
    StreamDirectory directory =
        new StreamDirectory(ports.clock(), config.endedStreamsKept(), config.maxStreams());
    PlaybackLinks links = new PlaybackLinks(config.publicUrl(), ports.posters());
    PageRoutes pages = new PageRoutes(SiteAssets.load(), links.pathPrefix(), ports.rtmpPort());
    Subscription subscription = ports.events().subscribe(directory);
    return new Api(directory, links, pages, subscription);
  }

  /// Adds all routes to the router of one event loop, and as the router's last routes the answers
  /// to unknown paths.
  public void mount(Router router) {
    new StreamRoutes(directory, links).mount(router);
    new PlaybackRoutes(directory, links).mount(router);
    pages.mount(router);
    UnknownPaths.mount(router, pages::answerNotFound);
  }

  /// Stops following the stream events; mounted routes keep answering with what was known.
  @Override
  public void close() {
    subscription.close();
  }
}
