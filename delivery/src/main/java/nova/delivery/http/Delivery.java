package nova.delivery.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.delivery.BlockingReload;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryConfig;
import nova.delivery.DeliveryPorts;
import nova.delivery.HlsPath;
import nova.delivery.LoopExecutor;
import nova.delivery.MediaPath;
import nova.delivery.NamedMedia;
import nova.delivery.PastStreams;
import nova.delivery.PlaybackPrefix;
import nova.delivery.PlaylistCache;
import nova.delivery.RequestKind;
import nova.delivery.ViewerSessions;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import org.jspecify.annotations.Nullable;

/// The delivery stage: opened once per process, mounted on the router of every HTTP server
/// verticle.
///
/// *Thread-safe.*
public final class Delivery implements AutoCloseable {
  private static final DateTimeFormatter ISO_MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final DeliveryConfig config;
  private final DeliveryPorts ports;
  private final PlaylistCache playlists;
  private final PastStreams past;
  private final NamedMedia named;
  private final BlockingReload reload;
  private final TimelineStore.Registration registration;
  private final HttpDate date;
  private final Faults faults;
  private final ViewerSessions viewers;
  private final HlsRoutes hls;
  private final SegmentRoutes segments;
  private final Admission admission;
  private final ConcurrentMap<Object, LoopState> loops = new ConcurrentHashMap<>(); // by event loop

  private Delivery(DeliveryConfig config, DeliveryPorts ports) {
    this.config = config;
    this.ports = ports;
    this.playlists = new PlaylistCache(ports.timelines(), ports.metrics());
    this.past = new PastStreams(config.rememberedStreams());
    this.date = new HttpDate(ports.clock());
    this.faults = new Faults(ports.nanoClock(), ports.metrics());
    this.viewers = new ViewerSessions(config, ports);
    this.hls = new HlsRoutes(config, ports, playlists, past, new Viewers(viewers), faults);
    this.named = new NamedMedia(ports.timelines());
    this.segments = new SegmentRoutes(ports, named, past, faults);
    this.admission = new Admission(ports, faults);
    // Registered before the one that wakes held requests, so that these see a stream as past.
    this.registration = ports.timelines().listen(this::onChange);
    this.reload = new BlockingReload(config, ports);
  }

  public static Delivery open(DeliveryConfig config, DeliveryPorts ports) {
    return new Delivery(config, ports);
  }

  /// Adds the routes `/hls/*`, `/media/*`, the same below `/p/{token}`, and `/time`.
  public void mount(Router router) {
    router.route("/hls/*").handler(context -> hls(context, pathBelowMount(context), null));
    router.route("/media/*").handler(context -> media(context, pathBelowMount(context), null));
    router.route("/p/*").handler(this::prefixed);
    router.route("/time").handler(this::time);
  }

  /// Who watches at this server. Somebody has to call its [ViewerSessions#tell] each second.
  public ViewerSessions viewers() {
    return viewers;
  }

  /// Answers what is held with what there is, and from here on everything without a wait: the
  /// server is about to stop. Idempotent.
  public void stopHolding() {
    reload.stop();
  }

  /// Stops holding, and listening to timelines.
  @Override
  public void close() {
    reload.close();
    registration.close();
  }

  private void onChange(TimelineSnapshot snapshot) {
    if (ports.timelines().find(snapshot.stream()).isEmpty()) {
      past.add(snapshot.stream());
      playlists.forget(snapshot.stream());
      named.forget(snapshot.stream());
    } else {
      named.changed(snapshot);
    }
  }

  private void prefixed(RoutingContext context) {
    PlaybackPrefix prefix = PlaybackPrefix.read(pathBelowMount(context));
    if (prefix != null && prefix.path().startsWith(HlsPath.ROOT)) {
      hls(context, prefix.path(), prefix.secret());
    } else if (prefix != null && prefix.path().startsWith(MediaPath.ROOT)) {
      media(context, prefix.path(), prefix.secret());
    } else {
      Reply reply = reply(context, RequestKind.OTHER);
      if (isGet(reply)) {
        noSuchPath(reply, "A playlist is at /p/{token}/hls/{stream}/index.m3u8.");
      }
    }
  }

  private void hls(RoutingContext context, String rawPath, @Nullable String prefixSecret) {
    HlsPath path = HlsPath.read(rawPath);
    RequestKind kind =
        switch (path) {
          case null -> RequestKind.OTHER;
          case HlsPath.Multivariant _ -> RequestKind.MULTIVARIANT_PLAYLIST;
          case HlsPath.Media _ -> RequestKind.MEDIA_PLAYLIST;
        };
    Reply reply = reply(context, kind);
    if (isGet(reply)) {
      if (path == null) {
        noSuchPath(reply, "A playlist is at /hls/{stream}/index.m3u8.");
      } else {
        faults.guard(
            reply,
            () -> admission.toPlaylist(reply, path, prefixSecret, () -> hls.answer(reply, path)));
      }
    }
  }

  private void media(RoutingContext context, String rawPath, @Nullable String prefixSecret) {
    MediaPath path = MediaPath.read(rawPath);
    RequestKind kind =
        switch (path) {
          case null -> RequestKind.OTHER;
          case MediaPath.Init _ -> RequestKind.INIT;
          case MediaPath.Segment _ -> RequestKind.SEGMENT;
          case MediaPath.Part _ -> RequestKind.PART;
          case MediaPath.StreamPoster _ -> RequestKind.POSTER;
        };
    Reply reply = reply(context, kind);
    if (isGet(reply)) {
      if (path == null) {
        noSuchPath(reply, "Media is where a playlist says it is.");
      } else {
        faults.guard(
            reply,
            () ->
                admission.toMedia(
                    reply,
                    path.stream(),
                    prefixSecret,
                    () -> segments.answer(reply, path),
                    () -> segments.notThere(reply, path.stream())));
      }
    }
  }

  private void time(RoutingContext context) {
    Reply reply = reply(context, RequestKind.TIME);
    if (isGet(reply)) {
      reply.text(200, ISO_MILLIS.format(ports.clock().instant()), CachePolicy.NO_STORE);
    }
  }

  private static void noSuchPath(Reply reply, String advice) {
    reply.error(
        404,
        "There is nothing at this path. " + advice,
        CachePolicy.mediaError(CachePolicy.UNKNOWN_TARGET_DURATION));
  }

  /// Whether the request is to be answered with something; otherwise it has had its answer.
  private static boolean isGet(Reply reply) {
    HttpMethod method = reply.request().method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      return true;
    }
    if (method.equals(HttpMethod.OPTIONS)) {
      reply.preflight();
    } else {
      reply.methodNotAllowed();
    }
    return false;
  }

  /// The raw path, so that nothing is decoded or normalised into a name of ours.
  private static String pathBelowMount(RoutingContext context) {
    @Nullable String target = context.request().path();
    String path = target == null ? "" : target;
    @Nullable String mount = context.mountPoint();
    return mount != null && mount.length() > 1 && path.startsWith(mount)
        ? path.substring(mount.endsWith("/") ? mount.length() - 1 : mount.length())
        : path;
  }

  private Reply reply(RoutingContext context, RequestKind kind) {
    HttpServerRequest request = context.request();
    return new Reply(request, kind, loopState(context.vertx()), date, ports.metrics());
  }

  private LoopState loopState(Vertx vertx) {
    ContextInternal context = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
    LoopState known = loops.get(context.nettyEventLoop());
    return known != null
        ? known
        : loops.computeIfAbsent(context.nettyEventLoop(), _ -> newLoop(context));
  }

  private LoopState newLoop(ContextInternal context) {
    LoopExecutor loop =
        new LoopExecutor() {
          @Override
          public void execute(Runnable task) {
            context.runOnContext(_ -> task.run());
          }

          @Override
          public void schedule(Duration delay, Runnable task) {
            context.setTimer(delay.toMillis(), _ -> task.run());
          }
        };
    return new LoopState(
        loop,
        reload.join(loop),
        new MediaFetches(loop, ports.nanoClock()),
        new OpenWrites(loop, ports.nanoClock(), config.writeTimeout(), ports.metrics()));
  }
}
