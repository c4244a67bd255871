package nova.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import nova.api.http.Times;
import nova.control.channel.Channel;
import nova.core.StreamState;
import nova.core.TrackDescription;
import nova.core.ViewerCount;
import org.jspecify.annotations.Nullable;

/// The JSON of what a player has to know of a channel. What there is not is left out.
///
/// *Immutable.*
///
/// @param channel its slug
/// @param title of the channel, for people; left out when it has none
/// @param state offline, starting, live, reconnecting or ended
/// @param stream id of the latest stream
/// @param hls path of the multivariant playlist on the server that was asked, or its URL elsewhere
/// @param poster as `hls`, of what the stream shows, as a JPEG file; left out while there is none
/// @param viewers who watch now, identified or estimated; left out while that is not known
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlaybackView(
    String channel,
    @Nullable String title,
    String state,
    @Nullable String stream,
    @Nullable String hls,
    @Nullable String poster,
    @Nullable String startedAt,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable Double frameRate,
    @Nullable Integer viewers) {
  static PlaybackView of(
      StreamRecord record, Channel channel, PlaybackLinks links, Optional<ViewerCount> viewers) {
    Optional<TrackDescription.Video> video = record.video();
    return new PlaybackView(
        record.channel().value(),
        titleOf(channel),
        stateOf(record.state()),
        record.id().value(),
        links.hlsOfPage(record.id()),
        links.posterOfPage(record.id()),
        Times.text(record.startedAt()),
        video.map(TrackDescription.Video::width).orElse(null),
        video.map(TrackDescription.Video::height).orElse(null),
        FrameRates.shown(record.frameRate()),
        record.state().isOver() ? null : viewers.map(ViewerCount::total).orElse(null));
  }

  /// Of a channel that was not live lately.
  static PlaybackView offline(Channel channel) {
    return offline(channel.slug().value(), titleOf(channel));
  }

  /// Of a channel of which nothing is told, perhaps because there is none.
  static PlaybackView unknown(String channel) {
    return offline(channel, null);
  }

  private static PlaybackView offline(String channel, @Nullable String title) {
    return new PlaybackView(
        channel, title, "offline", null, null, null, null, null, null, null, null);
  }

  private static @Nullable String titleOf(Channel channel) {
    return channel.title().isEmpty() ? null : channel.title();
  }

  private static String stateOf(StreamState state) {
    return switch (state) {
      case PENDING_INGEST -> "starting";
      case ACTIVE -> "live";
      case RECONNECTING -> "reconnecting";
      case ENDED_GRACEFULLY, ERROR -> "ended";
    };
  }
}
