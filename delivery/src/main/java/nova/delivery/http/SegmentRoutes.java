package nova.delivery.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.StreamId;
import nova.delivery.Awaited;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryMetrics;
import nova.delivery.DeliveryPorts;
import nova.delivery.HeldRequests;
import nova.delivery.HoldOutcome;
import nova.delivery.MediaPath;
import nova.delivery.NamedMedia;
import nova.delivery.PastStreams;
import nova.delivery.Refusal;
import nova.delivery.ReloadPolicy;
import nova.segments.MediaSource;
import nova.segments.Poster;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// Answers requests for media and posters, at once where the bytes are at hand and otherwise when
/// they are. A part that a preload hint has named is held until the timeline has it, then fetched
/// and sent as a whole; so is a segment that is still open here, as a playlist of another server
/// may name it already. What no playlist names is not asked for.
///
/// Spec: rfc8216bis-22 §6.2.6 (Partial Segments). *Thread-safe.*
final class SegmentRoutes {
  private final MediaSource media;
  private final TimelineStore timelines;
  private final NamedMedia named;
  private final PastStreams past;
  private final DeliveryMetrics metrics;
  private final Faults faults;

  SegmentRoutes(DeliveryPorts ports, NamedMedia named, PastStreams past, Faults faults) {
    this.media = ports.media();
    this.timelines = ports.timelines();
    this.named = named;
    this.past = past;
    this.metrics = ports.metrics();
    this.faults = faults;
  }

  void answer(Reply reply, MediaPath path) {
    switch (path) {
      case MediaPath.Part(SegmentKey key, int part) ->
          answerWhenThere(
              reply,
              path,
              key,
              new Awaited.HintedPart(key.rendition(), key.epoch(), key.number(), part));
      case MediaPath.Segment(SegmentKey key) ->
          answerWhenThere(
              reply,
              path,
              key,
              new Awaited.OpenSegment(key.rendition(), key.epoch(), key.number()));
      case MediaPath.Init _, MediaPath.StreamPoster _ -> fetch(reply, path);
    }
  }

  private void answerWhenThere(Reply reply, MediaPath path, SegmentKey key, Awaited awaited) {
    Optional<TimelineSnapshot> snapshot = timelines.find(key.stream());
    Optional<RenditionTimeline> rendition = snapshot.flatMap(now -> now.rendition(key.rendition()));
    if (rendition.isPresent() && awaited.in(snapshot.get()) == Awaited.Readiness.WAIT) {
      hold(reply, path, awaited, rendition.get().targetDurationSeconds());
    } else {
      fetch(reply, path); // also what no playlist names any more
    }
  }

  private void hold(Reply reply, MediaPath path, Awaited awaited, int targetDuration) {
    Optional<HeldRequests.Hold> hold =
        reply
            .loop()
            .held()
            .hold(
                new HeldRequests.Request(
                    path.stream(),
                    reply.kind(),
                    reply.request().remoteAddress().hostAddress(),
                    awaited,
                    ReloadPolicy.holdLimit(targetDuration)),
                outcome ->
                    faults.guard(reply, () -> afterHold(reply, path, outcome, targetDuration)));
    hold.ifPresent(held -> reply.request().response().closeHandler(_ -> held.forget()));
  }

  private void afterHold(Reply reply, MediaPath path, HoldOutcome outcome, int targetDuration) {
    switch (outcome) {
      case HoldOutcome.Ready _ -> fetch(reply, path);
      case HoldOutcome.Withdrawn _, HoldOutcome.Gone _ -> notThere(reply, path);
      case HoldOutcome.TimedOut _ ->
          reply.unavailable(
              "The media did not come within 3 target durations; try again.",
              CachePolicy.mediaError(targetDuration));
      case HoldOutcome.Stopped _ -> Refusals.answer(reply, Refusal.STOPPING);
      case HoldOutcome.Refused refused -> Refusals.answer(reply, refused.refusal());
    }
  }

  private void fetch(Reply reply, MediaPath path) {
    if (!named.has(path)) {
      notThere(reply, path);
      return;
    }
    boolean isAwaited =
        reply
            .loop()
            .fetches()
            .fetch(
                path,
                () -> find(path),
                asked -> faults.guard(reply, () -> afterFetch(reply, path, asked)));
    if (!isAwaited) {
      metrics.refused(Refusal.TOO_MUCH_MEDIA_AWAITED);
      Refusals.answer(reply, Refusal.TOO_MUCH_MEDIA_AWAITED);
    }
  }

  private void afterFetch(
      Reply reply, MediaPath path, CompletableFuture<Optional<FoundMedia>> asked) {
    if (asked.isCompletedExceptionally()) {
      Throwable failure = asked.exceptionNow();
      if (!(failure instanceof StoreUnavailableException)) {
        throw new IllegalStateException("media could not be read", failure);
      }
      metrics.refused(Refusal.MEDIA_UNAVAILABLE);
      Refusals.answer(reply, Refusal.MEDIA_UNAVAILABLE);
      return;
    }
    Optional<FoundMedia> found = asked.resultNow();
    if (found.isPresent()) {
      found.get().answer(reply);
    } else {
      notThere(reply, path);
    }
  }

  private CompletionStage<Optional<FoundMedia>> find(MediaPath path) {
    return switch (path) {
      case MediaPath.Init init ->
          media
              .init(init.stream(), init.rendition(), init.epoch())
              .thenApply(
                  found -> found.map(bytes -> media(Body.of(bytes), "\"i" + init.epoch() + "\"")));
      case MediaPath.Segment segment ->
          media
              .segment(segment.key())
              .thenApply(
                  found -> found.map(chunks -> media(Body.of(chunks), etag(segment.key()) + "\"")));
      case MediaPath.Part part ->
          media
              .part(part.key(), part.part())
              .thenApply(
                  found ->
                      found.map(
                          bytes ->
                              media(Body.of(bytes), etag(part.key()) + "." + part.part() + "\"")));
      case MediaPath.StreamPoster poster ->
          media.poster(poster.stream()).thenApply(found -> found.map(SegmentRoutes::poster));
    };
  }

  private static FoundMedia media(Body body, String etag) {
    return reply -> reply.media(body, etag);
  }

  private static FoundMedia poster(Poster poster) {
    return reply ->
        reply.jpeg(
            poster.jpeg(), "\"p" + poster.takenAt().toEpochMilli() + "\"", CachePolicy.POSTER);
  }

  private void notThere(Reply reply, MediaPath path) {
    if (path instanceof MediaPath.StreamPoster && timelines.find(path.stream()).isPresent()) {
      reply.error(
          404, "This stream has no poster, or none yet.", CachePolicy.playlistError(false, 1));
    } else {
      notThere(reply, path.stream());
    }
  }

  void notThere(Reply reply, StreamId stream) {
    Optional<TimelineSnapshot> snapshot = timelines.find(stream);
    String cache = CachePolicy.mediaError(CachePolicy.UNKNOWN_TARGET_DURATION);
    if (snapshot.isEmpty() && past.contains(stream)) {
      reply.error(410, "This stream is over and its media is gone.", cache);
    } else {
      reply.error(
          404, "There is no such media; it is too old, or a playlist never named it.", cache);
    }
  }

  /// A published name always has the same bytes, so the name is the validator. The quote is open.
  private static String etag(SegmentKey key) {
    return "\"" + key.epoch() + "-" + key.number();
  }
}
