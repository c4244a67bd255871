package nova.delivery.http;

import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.delivery.Awaited;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryPorts;
import nova.delivery.HeldRequests;
import nova.delivery.HoldOutcome;
import nova.delivery.MediaPath;
import nova.delivery.PastStreams;
import nova.delivery.ReloadPolicy;
import nova.segments.Poster;
import nova.segments.PosterStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// Answers requests for media from the segment store, and for posters from theirs. A part that a
/// preload hint has named is held until it is there and then sent as a whole.
///
/// Spec: rfc8216bis-22 §6.2.6 (Partial Segments). *Thread-safe.*
final class SegmentRoutes {
  private final SegmentStore segments;
  private final TimelineStore timelines;
  private final PosterStore posters;
  private final PastStreams past;
  private final Faults faults;

  SegmentRoutes(DeliveryPorts ports, PastStreams past, Faults faults) {
    this.segments = ports.segments();
    this.timelines = ports.timelines();
    this.posters = ports.posters();
    this.past = past;
    this.faults = faults;
  }

  void answer(Reply reply, MediaPath path) {
    switch (path) {
      case MediaPath.Init init -> {
        Optional<Bytes> bytes = segments.init(init.stream(), init.rendition(), init.epoch());
        if (bytes.isPresent()) {
          reply.media(Body.of(bytes.get()), "\"i" + init.epoch() + "\"");
        } else {
          notThere(reply, init.stream());
        }
      }
      case MediaPath.Segment segment -> {
        Optional<List<Bytes>> chunks = segments.segment(segment.key());
        if (chunks.isPresent()) {
          reply.media(Body.of(chunks.get()), etag(segment.key()) + "\"");
        } else {
          notThere(reply, segment.key().stream());
        }
      }
      case MediaPath.Part part -> {
        if (!found(reply, part)) {
          hinted(reply, part);
        }
      }
      case MediaPath.StreamPoster poster -> poster(reply, poster.stream());
    }
  }

  private void poster(Reply reply, StreamId stream) {
    Optional<Poster> poster = posters.find(stream);
    if (poster.isPresent()) {
      reply.jpeg(
          poster.get().jpeg(),
          "\"p" + poster.get().takenAt().toEpochMilli() + "\"",
          CachePolicy.POSTER);
    } else if (timelines.find(stream).isPresent()) {
      reply.error(
          404, "This stream has no poster, or none yet.", CachePolicy.playlistError(false, 1));
    } else {
      notThere(reply, stream);
    }
  }

  private boolean found(Reply reply, MediaPath.Part part) {
    Optional<Bytes> chunk = segments.part(part.key(), part.part());
    chunk.ifPresent(
        bytes -> reply.media(Body.of(bytes), etag(part.key()) + "." + part.part() + "\""));
    return chunk.isPresent();
  }

  private void hinted(Reply reply, MediaPath.Part part) {
    SegmentKey key = part.key();
    Optional<RenditionTimeline> rendition =
        timelines.find(key.stream()).flatMap(snapshot -> snapshot.rendition(key.rendition()));
    if (rendition.isEmpty()) {
      notThere(reply, key.stream());
      return;
    }
    int targetDuration = rendition.get().targetDurationSeconds();
    Optional<HeldRequests.Hold> hold =
        reply
            .loop()
            .held()
            .hold(
                new HeldRequests.Request(
                    key.stream(),
                    reply.kind(),
                    reply.request().remoteAddress().hostAddress(),
                    new Awaited.HintedPart(key.rendition(), key.epoch(), key.number(), part.part()),
                    ReloadPolicy.holdLimit(targetDuration)),
                outcome -> faults.guard(reply, () -> answer(reply, part, outcome, targetDuration)));
    hold.ifPresent(held -> reply.request().response().closeHandler(_ -> held.forget()));
  }

  private void answer(Reply reply, MediaPath.Part part, HoldOutcome outcome, int targetDuration) {
    switch (outcome) {
      case HoldOutcome.Ready _ -> {
        if (!found(reply, part)) {
          notThere(reply, part.key().stream()); // listed, but no longer kept
        }
      }
      case HoldOutcome.Withdrawn _, HoldOutcome.Gone _ -> notThere(reply, part.key().stream());
      case HoldOutcome.TimedOut _ ->
          reply.unavailable(
              "The part did not come within 3 target durations; try again.",
              CachePolicy.mediaError(targetDuration));
      case HoldOutcome.Refused refused -> Refusals.answer(reply, refused.refusal());
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
