package nova.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import nova.api.http.Times;
import nova.core.RenditionId;
import nova.core.StreamHealth;
import nova.core.TrackDescription;
import org.jspecify.annotations.Nullable;

/// The JSON of one stream in `/api/v1/streams`. What is not known yet is left out.
///
/// *Immutable.*
///
/// @param codecs RFC 6381 codec strings of all tracks, as in `CODECS`
/// @param bitrateBps bits per second of all media
/// @param keyframeIntervalMs longest recent distance between keyframes
@JsonInclude(JsonInclude.Include.NON_NULL)
record StreamView(
    String id,
    String channel,
    String state,
    String startedAt,
    @Nullable String endedAt,
    @Nullable String endReason,
    @Nullable String reconnectUntil,
    List<TrackView> tracks,
    String codecs,
    @Nullable Long bitrateBps,
    @Nullable Long videoBitrateBps,
    @Nullable Long audioBitrateBps,
    @Nullable Double frameRate,
    @Nullable Long keyframeIntervalMs,
    @Nullable Long receivedBytes,
    @Nullable Long receivedFrames,
    @Nullable Long repairedTimestamps,
    @Nullable Long droppedFrames,
    List<String> advice,
    LadderView ladder,
    PlaybackView playback) {

  /// One track; the fields of the other kind are left out.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TrackView(
      String id,
      String kind,
      String codec,
      @Nullable Integer width,
      @Nullable Integer height,
      @Nullable Double frameRate,
      @Nullable Integer sampleRate,
      @Nullable Integer channels) {
    static TrackView of(TrackDescription track) {
      String id = track.track().toString();
      String kind = track.track().kind().label();
      return switch (track) {
        case TrackDescription.Video v ->
            new TrackView(
                id,
                kind,
                v.codec(),
                v.width(),
                v.height(),
                FrameRates.shown(v.frameRate()),
                null,
                null);
        case TrackDescription.Audio a ->
            new TrackView(id, kind, a.codec(), null, null, null, a.sampleRate(), a.channels());
      };
    }
  }

  /// The encoded renditions; what has not happened is left out.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LadderView(
      boolean source,
      List<String> rungs,
      String reason,
      @Nullable AdaptedView adapted,
      @Nullable String failure) {
    static LadderView of(LadderRecord ladder) {
      return new LadderView(
          ladder.sourceListed(),
          ladder.rungs().stream().map(RenditionId::value).toList(),
          ladder.reason(),
          ladder.step() == null
              ? null
              : new AdaptedView(ladder.step(), text(ladder.adaptedAt()), ladder.adaptedReason()),
          ladder.failure());
    }
  }

  /// What encoding does less than planned, or again as planned.
  record AdaptedView(String step, @Nullable String at, @Nullable String reason) {}

  /// Where to play the stream, the pages of its channel, and what it shows once that is known.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PlaybackView(String hls, String watch, String embed, @Nullable String poster) {}

  static StreamView of(StreamRecord record, PlaybackLinks links) {
    StreamHealth health = record.health();
    return new StreamView(
        record.id().value(),
        record.channel().value(),
        record.state().name(),
        Times.text(record.startedAt()),
        text(record.endedAt()),
        record.endReason(),
        text(record.graceUntil()),
        record.tracks().stream().map(TrackView::of).toList(),
        record.tracks().stream().map(TrackDescription::codec).collect(Collectors.joining(",")),
        health == null ? null : health.videoBitrateBps() + health.audioBitrateBps(),
        health == null ? null : health.videoBitrateBps(),
        health == null ? null : health.audioBitrateBps(),
        health == null ? null : FrameRates.shown(health.frameRate()),
        health == null || health.keyframeIntervalMs() == 0 ? null : health.keyframeIntervalMs(),
        health == null ? null : health.receivedBytes(),
        health == null ? null : health.receivedFrames(),
        health == null ? null : health.repairedTimestamps(),
        health == null ? null : health.droppedFrames(),
        health == null ? List.of() : health.advice(),
        LadderView.of(record.ladder()),
        new PlaybackView(
            links.hls(record.id()),
            links.watch(record.channel()),
            links.embed(record.channel()),
            links.poster(record.id())));
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : Times.text(instant);
  }
}
