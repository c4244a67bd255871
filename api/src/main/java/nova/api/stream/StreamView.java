package nova.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import nova.api.http.Times;
import nova.control.stream.ChannelStream;
import nova.control.stream.StreamSource;
import nova.control.stream.StreamTotals;
import nova.core.RenditionId;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.core.TrackDescription;
import nova.core.ViewerCount;
import org.jspecify.annotations.Nullable;

/// The JSON of one stream: what the database keeps of it, and while it is live or was a moment ago
/// what memory knows, which is fresher. What is not known is left out.
///
/// *Immutable.*
///
/// @param streamKey and `source` are for operators only
/// @param codecs RFC 6381 codec strings of all tracks, as in `CODECS`
/// @param bitrateBps bits per second of all media
/// @param keyframeIntervalMs longest recent distance between keyframes
/// @param viewers who watches now
@JsonInclude(JsonInclude.Include.NON_NULL)
record StreamView(
    String id,
    String channel,
    String state,
    String title,
    String description,
    List<String> tags,
    long version,
    String createdAt,
    @Nullable String startedAt,
    @Nullable String endedAt,
    @Nullable String endReason,
    @Nullable String reconnectUntil,
    @Nullable String streamKey,
    @Nullable SourceView source,
    List<TrackView> tracks,
    String codecs,
    @Nullable Long bitrateBps,
    @Nullable Long videoBitrateBps,
    @Nullable Long audioBitrateBps,
    @Nullable Double frameRate,
    @Nullable Long keyframeIntervalMs,
    int epochs,
    int reconnects,
    long receivedBytes,
    long receivedFrames,
    long repairedTimestamps,
    long droppedFrames,
    List<String> advice,
    @Nullable ViewersView viewers,
    @Nullable LadderView ladder,
    PlaybackLinksView playback) {

  /// Who sends it.
  record SourceView(String address, String encoder) {
    static SourceView of(StreamSource source) {
      return new SourceView(source.address(), source.encoder());
    }
  }

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

  /// Who watches now.
  record ViewersView(int identified, int estimated) {
    static ViewersView of(ViewerCount count) {
      return new ViewersView(count.identified(), count.estimated());
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
  record PlaybackLinksView(String hls, String watch, String embed, @Nullable String poster) {
    static PlaybackLinksView of(ChannelStream stream, PlaybackLinks links) {
      return new PlaybackLinksView(
          links.hls(stream.id()),
          links.watch(stream.channel()),
          links.embed(stream.channel()),
          links.poster(stream.id()));
    }
  }

  /// What there is to show.
  ///
  /// @param known what memory knows
  /// @param viewers how many watch a stream
  /// @param tellsSource whether whoever asks may know who broadcasts
  static StreamView of(
      ChannelStream kept,
      Optional<StreamRecord> known,
      PlaybackLinks links,
      Function<StreamId, Optional<ViewerCount>> viewers,
      boolean tellsSource) {
    Now now = Now.of(kept, known);
    StreamTotals totals = kept.totals();
    @Nullable StreamHealth health = known.map(StreamRecord::health).orElse(null);
    List<TrackDescription> tracks =
        known.map(StreamRecord::tracks).filter(list -> !list.isEmpty()).orElse(kept.tracks());
    return new StreamView(
        kept.id().value(),
        kept.channel().value(),
        now.state().name(),
        kept.metadata().title(),
        kept.metadata().description(),
        kept.metadata().tags(),
        kept.version(),
        Times.text(kept.createdAt()),
        Times.textOrNull(kept.startedAt()),
        text(now.endedAt()),
        now.endReason(),
        text(now.reconnectUntil()),
        tellsSource ? kept.key().map(Object::toString).orElse(null) : null,
        tellsSource ? kept.source().map(SourceView::of).orElse(null) : null,
        tracks.stream().map(TrackView::of).toList(),
        tracks.stream().map(TrackDescription::codec).collect(Collectors.joining(",")),
        health == null ? null : health.videoBitrateBps() + health.audioBitrateBps(),
        health == null ? null : health.videoBitrateBps(),
        health == null ? null : health.audioBitrateBps(),
        health == null ? null : FrameRates.shown(health.frameRate()),
        health == null || health.keyframeIntervalMs() == 0 ? null : health.keyframeIntervalMs(),
        totals.epochs(),
        totals.reconnects(),
        health == null ? totals.receivedBytes() : health.receivedBytes(),
        health == null ? totals.receivedFrames() : health.receivedFrames(),
        health == null ? totals.repairedTimestamps() : health.repairedTimestamps(),
        health == null ? totals.droppedFrames() : health.droppedFrames(),
        health == null ? List.of() : health.advice(),
        now.isOnAir() ? viewers.apply(kept.id()).map(ViewersView::of).orElse(null) : null,
        known.map(StreamRecord::ladder).map(LadderView::of).orElse(null),
        PlaybackLinksView.of(kept, links));
  }

  /// Where a stream stands. An end that is written is the end; before it memory knows better.
  private record Now(
      StreamState state,
      @Nullable Instant endedAt,
      @Nullable String endReason,
      @Nullable Instant reconnectUntil) {
    boolean isOnAir() {
      return state == StreamState.ACTIVE || state == StreamState.RECONNECTING;
    }

    static Now of(ChannelStream kept, Optional<StreamRecord> known) {
      if (kept.end().isEmpty() && known.isPresent()) {
        StreamRecord record = known.get();
        return new Now(record.state(), record.endedAt(), record.endReason(), record.graceUntil());
      }
      return new Now(
          kept.state(),
          kept.end().map(ChannelStream.StreamEnd::at).orElse(null),
          kept.end().map(ChannelStream.StreamEnd::reason).orElse(null),
          kept.reconnectUntil().orElse(null));
    }
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : Times.text(instant);
  }
}
