package nova.api;

import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import nova.api.audit.AuditRoutes;
import nova.api.channel.ChannelRoutes;
import nova.api.http.ApiRouter;
import nova.api.http.Operation;
import nova.api.http.RouteGuard;
import nova.api.http.UnknownPaths;
import nova.api.openapi.ApiDocument;
import nova.api.openapi.DocumentRoute;
import nova.api.pages.PageRoutes;
import nova.api.pages.SiteAssets;
import nova.api.quality.QualityLevelRoutes;
import nova.api.stream.PlaybackLinks;
import nova.api.stream.PlaybackRoutes;
import nova.api.stream.StreamDirectory;
import nova.api.stream.StreamMetricRoutes;
import nova.api.stream.StreamRoutes;
import nova.api.stream.StreamsElsewhere;
import nova.api.streamkey.StreamKeyRoutes;
import nova.api.system.SystemRoutes;
import nova.api.token.TokenRoutes;
import nova.control.Control;
import nova.control.database.RepeatedTask;
import nova.core.StreamEvents.Subscription;

/// The REST API and the watch pages. Opened once per process, mounted once per HTTP server
/// verticle.
///
/// *Thread-safe.*
public final class Api implements AutoCloseable {
  private static final Duration COMPARED_EVERY = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final RouteGuard guard;
  private final ApiRouter routes;
  private final DocumentRoute document;
  private final PageRoutes pages;
  private final StreamsElsewhere elsewhere;
  private final Subscription subscription;

  private Api(
      RouteGuard guard,
      ApiRouter routes,
      DocumentRoute document,
      PageRoutes pages,
      StreamsElsewhere elsewhere,
      Subscription subscription) {
    this.guard = guard;
    this.routes = routes;
    this.document = document;
    this.pages = pages;
    this.elsewhere = elsewhere;
    this.subscription = subscription;
  }

  /// Loads the pages and begins to follow the stream events. Streams that started earlier are not
  /// seen, so this is called before ingest accepts broadcasters; see also [#showStreamsElsewhere].
  public static Api open(ApiConfig config, ApiPorts ports) {
    StreamDirectory directory =
        new StreamDirectory(ports.clock(), config.endedStreamsKept(), config.maxStreams());
    PlaybackLinks links =
        new PlaybackLinks(config.publicUrl(), config.playbackUrl(), ports.posters());
    PageRoutes pages =
        new PageRoutes(
            SiteAssets.load(), links.pathPrefix(), config.playbackUrl(), ports.rtmpPort());
    RouteGuard guard =
        new RouteGuard(ports.authenticator(), config.limits(), ports.nanoClock(), ports.threads());
    List<Operation> operations = operations(config, ports, directory, links);
    DocumentRoute document = new DocumentRoute(ApiDocument.load(links.pathPrefix()));
    return new Api(
        guard,
        new ApiRouter(guard, links.pathPrefix(), operations),
        document,
        pages,
        new StreamsElsewhere(directory, ports.control().streams(), ports.clock()),
        ports.events().subscribe(directory));
  }

  private static List<Operation> operations(
      ApiConfig config, ApiPorts ports, StreamDirectory directory, PlaybackLinks links) {
    Control control = ports.control();
    InstantSource clock = ports.clock();
    return Stream.of(
            new PlaybackRoutes(
                    directory,
                    control.channels().directory()::find,
                    links,
                    ports.viewers(),
                    ports.rights(),
                    ports.nanoClock())
                .operations(),
            new ChannelRoutes(control.channels(), directory::liveOf).operations(),
            new StreamKeyRoutes(control.streamKeys(), clock).operations(),
            new StreamRoutes(control.streams(), directory, links, ports.viewers()).operations(),
            new StreamMetricRoutes(control.streams(), control.streamMetrics(), clock).operations(),
            new QualityLevelRoutes(control.qualityLevels()).operations(),
            new TokenRoutes(control.tokens(), clock).operations(),
            new AuditRoutes(control.audit()).operations(),
            new SystemRoutes(ports.version(), clock, config.limits(), control, directory::live)
                .operations())
        .flatMap(List::stream)
        .toList();
  }

  /// Begins to show also streams that are live at other servers, of which events alone do not tell:
  /// the database is read at once and every five seconds. Until the returned task is closed.
  ///
  /// @param threads that may wait for the database
  public AutoCloseable showStreamsElsewhere(ThreadFactory threads) {
    return RepeatedTask.start(
        "stream-directory", COMPARED_EVERY, AGAIN, elsewhere::compare, threads);
  }

  /// All that can be asked.
  List<Operation> operations() {
    return routes.operations();
  }

  /// Who lets requests in, for routes elsewhere that need a token too.
  public RouteGuard guard() {
    return guard;
  }

  /// Adds all routes to the router of one event loop, and as the router's last routes the answers
  /// to unknown paths.
  public void mount(Router router) {
    routes.mount(router);
    document.mount(router);
    pages.mount(router);
    UnknownPaths.mount(router, pages::answerNotFound);
  }

  /// Stops following the stream events; mounted routes keep answering with what was known.
  @Override
  public void close() {
    subscription.close();
  }
}
