package nova.delivery.http;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.delivery.Awaited;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryConfig;
import nova.delivery.DeliveryPorts;
import nova.delivery.HeldRequests;
import nova.delivery.HlsPath;
import nova.delivery.HoldOutcome;
import nova.delivery.MultivariantRenderer;
import nova.delivery.PastStreams;
import nova.delivery.PlaylistCache;
import nova.delivery.Refusal;
import nova.delivery.ReloadDirectives;
import nova.delivery.ReloadDirectives.Reload;
import nova.delivery.ReloadPolicy;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore;

/// Answers playlist requests, at once or when what they wait for is there.
///
/// Spec: rfc8216bis-22 §6.2.5 (delivery directives). *Thread-safe.*
final class HlsRoutes {
  private static final int UNKNOWN_TD = CachePolicy.UNKNOWN_TARGET_DURATION;

  private final DeliveryConfig config;
  private final DeliveryPorts ports;
  private final TimelineStore timelines;
  private final PlaylistCache playlists;
  private final PastStreams past;
  private final Viewers viewers;
  private final Faults faults;

  HlsRoutes(
      DeliveryConfig config,
      DeliveryPorts ports,
      PlaylistCache playlists,
      PastStreams past,
      Viewers viewers,
      Faults faults) {
    this.config = config;
    this.ports = ports;
    this.timelines = ports.timelines();
    this.playlists = playlists;
    this.past = past;
    this.viewers = viewers;
    this.faults = faults;
  }

  void answer(Reply reply, HlsPath path) {
    ReloadDirectives directives =
        path instanceof HlsPath.Media
            ? ReloadDirectives.read(reply.request().query())
            : ReloadDirectives.NONE;
    switch (directives) {
      case ReloadDirectives.Malformed malformed -> {
        ports.metrics().refused(Refusal.BAD_DIRECTIVE);
        reply.error(400, malformed.sentence(), CachePolicy.playlistError(true, UNKNOWN_TD));
      }
      case Reload reload -> {
        Optional<TimelineSnapshot> snapshot = find(path.stream());
        if (snapshot.isEmpty()) {
          unknown(reply, path.stream(), reload.blocking());
          return;
        }
        switch (path) {
          case HlsPath.Multivariant _ -> multivariant(reply, path, snapshot.get());
          case HlsPath.Media media -> media(reply, media, reload, snapshot.get());
        }
      }
    }
  }

  private Optional<TimelineSnapshot> find(String name) {
    if (StreamId.isValid(name)) {
      Optional<TimelineSnapshot> byId = timelines.find(new StreamId(name));
      if (byId.isPresent()) {
        return byId;
      }
    }
    return timelines.findLatest(new ChannelSlug(name));
  }

  private void unknown(Reply reply, String name, boolean blocking) {
    String cache = CachePolicy.playlistError(blocking, UNKNOWN_TD);
    if (StreamId.isValid(name) && past.contains(new StreamId(name))) {
      reply.error(410, "This stream is over and its recording window has passed.", cache);
    } else {
      reply.error(404, "No stream or channel of this name is live.", cache);
    }
  }

  private void multivariant(Reply reply, HlsPath path, TimelineSnapshot snapshot) {
    hold(
        reply,
        snapshot,
        new Awaited.Start(),
        config.startHold(),
        false,
        now -> {
          if (MultivariantRenderer.hasContent(now)) {
            String etag = isOver(now) ? "\"m-" + now.version() + "\"" : "";
            reply.playlist(
                playlists.multivariant(now), etag, cacheControl(path, now, false, UNKNOWN_TD));
          } else {
            nothingToPlay(reply, now);
          }
        });
  }

  private void media(Reply reply, HlsPath.Media path, Reload reload, TimelineSnapshot snapshot) {
    Optional<RenditionTimeline> rendition = snapshot.rendition(path.rendition());
    if (rendition.isPresent() && rendition.get().lastCompleteSegment().isPresent()) {
      startedMedia(reply, path, reload, snapshot, rendition.get());
      return;
    }
    hold(
        reply,
        snapshot,
        new Awaited.RenditionStart(path.rendition()),
        config.startHold(),
        reload.blocking(),
        now -> {
          Optional<RenditionTimeline> started = now.rendition(path.rendition());
          if (started.isPresent() && started.get().lastCompleteSegment().isPresent()) {
            startedMedia(reply, path, reload, now, started.get());
          } else {
            nothingToPlay(reply, now);
          }
        });
  }

  private void startedMedia(
      Reply reply,
      HlsPath.Media path,
      Reload reload,
      TimelineSnapshot snapshot,
      RenditionTimeline rendition) {
    if (isOver(snapshot)) {
      current(reply, path, reload, snapshot);
      return;
    }
    if (!reload.blocking()) {
      viewers.asksFor(snapshot.stream(), rendition, reply.request());
      current(reply, path, reload, snapshot);
      return;
    }
    String absurdity = ReloadPolicy.absurdity(reload, rendition);
    if (absurdity != null) {
      ports.metrics().refused(Refusal.BAD_DIRECTIVE);
      reply.error(
          400, absurdity, CachePolicy.playlistError(true, rendition.targetDurationSeconds()));
      return;
    }
    viewers.asksFor(snapshot.stream(), rendition, reply.request());
    hold(
        reply,
        snapshot,
        ReloadPolicy.awaited(reload, rendition),
        ReloadPolicy.holdLimit(rendition.targetDurationSeconds()),
        true,
        now -> current(reply, path, reload, now));
  }

  private void current(Reply reply, HlsPath.Media path, Reload reload, TimelineSnapshot snapshot) {
    Optional<RenditionTimeline> found = snapshot.rendition(path.rendition());
    if (found.isEmpty()) {
      nothingToPlay(reply, snapshot);
      return;
    }
    RenditionTimeline rendition = found.get();
    boolean over = isOver(snapshot);
    // A reload that was answered without what it waited for must not stay in caches.
    boolean fulfilled =
        reload.blocking()
            && ReloadPolicy.awaited(reload, rendition).in(snapshot) == Awaited.Readiness.READY;
    reply.playlist(
        playlists.media(snapshot, rendition, reload.skip() && !over),
        over ? "\"" + rendition.id() + "-" + snapshot.version() + "\"" : "",
        cacheControl(path, snapshot, fulfilled, rendition.targetDurationSeconds()));
  }

  /// Waits, and answers what there is to say about any outcome but a playlist.
  private void hold(
      Reply reply,
      TimelineSnapshot snapshot,
      Awaited awaited,
      Duration limit,
      boolean blocking,
      Consumer<TimelineSnapshot> playlist) {
    HttpServerRequest request = reply.request();
    String cache = CachePolicy.playlistError(blocking, UNKNOWN_TD);
    Optional<HeldRequests.Hold> hold =
        reply
            .loop()
            .held()
            .hold(
                new HeldRequests.Request(
                    snapshot.stream(),
                    reply.kind(),
                    request.remoteAddress().hostAddress(),
                    awaited,
                    limit),
                outcome ->
                    faults.guard(
                        reply,
                        () -> {
                          switch (outcome) {
                            case HoldOutcome.Ready ready -> playlist.accept(ready.snapshot());
                            case HoldOutcome.Withdrawn withdrawn ->
                                nothingToPlay(reply, withdrawn.snapshot());
                            case HoldOutcome.TimedOut late ->
                                timedOut(reply, awaited, late.snapshot(), cache, playlist);
                            case HoldOutcome.Stopped stopped ->
                                stopped(reply, awaited, stopped.snapshot(), playlist);
                            case HoldOutcome.Gone _ ->
                                unknown(reply, snapshot.stream().value(), blocking);
                            case HoldOutcome.Refused refused ->
                                Refusals.answer(reply, refused.refusal());
                          }
                        }));
    hold.ifPresent(held -> request.response().closeHandler(_ -> held.forget()));
  }

  private static void timedOut(
      Reply reply,
      Awaited awaited,
      TimelineSnapshot now,
      String cache,
      Consumer<TimelineSnapshot> playlist) {
    switch (awaited) {
      case Awaited.Start _ when MultivariantRenderer.hasContent(now) -> playlist.accept(now);
      case Awaited.Start _, Awaited.RenditionStart _ ->
          reply.unavailable("The stream is starting and has no media yet; try again.", cache);
      case Awaited.WholeSegment _,
          Awaited.PartOfPlaylist _,
          Awaited.HintedPart _,
          Awaited.OpenSegment _ -> {
        if (ReloadPolicy.answersCurrentPlaylistAfterHold(now.state())) {
          playlist.accept(now);
        } else {
          reply.unavailable(
              "The segment or part did not come within 3 target durations; try again.", cache);
        }
      }
    }
  }

  /// Whoever plays gets the playlist as it is, and asks for the next one where another server
  /// answers; an error might end the playback.
  private static void stopped(
      Reply reply, Awaited awaited, TimelineSnapshot now, Consumer<TimelineSnapshot> playlist) {
    switch (awaited) {
      case Awaited.Start _ when MultivariantRenderer.hasContent(now) -> playlist.accept(now);
      case Awaited.Start _, Awaited.RenditionStart _ -> Refusals.answer(reply, Refusal.STOPPING);
      case Awaited.WholeSegment _,
          Awaited.PartOfPlaylist _,
          Awaited.HintedPart _,
          Awaited.OpenSegment _ ->
          playlist.accept(now);
    }
  }

  private static void nothingToPlay(Reply reply, TimelineSnapshot snapshot) {
    reply.error(
        404,
        isOver(snapshot)
            ? "The stream ended before it had any media."
            : "The stream has no such rendition.",
        CachePolicy.playlistError(false, UNKNOWN_TD));
  }

  private static String cacheControl(
      HlsPath path, TimelineSnapshot snapshot, boolean blocking, int targetDuration) {
    boolean byId = path.stream().equals(snapshot.stream().value());
    return CachePolicy.playlist(blocking, isOver(snapshot), byId, targetDuration);
  }

  private static boolean isOver(TimelineSnapshot snapshot) {
    return snapshot.state() == TimelineState.ENDED;
  }
}
