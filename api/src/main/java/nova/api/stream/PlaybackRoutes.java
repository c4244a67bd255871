package nova.api.stream;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Problem;
import nova.api.http.Times;
import nova.core.ChannelSlug;
import nova.core.StreamState;
import org.jspecify.annotations.Nullable;

/// `GET /api/v1/channels/{slug}/playback`: what a player of a channel has to know, asked every few
/// seconds by every open watch page. A channel that never was live is `offline`, like one that does
/// not exist: the answer does not tell which channels there are.
///
/// *Thread-safe.*
public final class PlaybackRoutes {
  private static final int MAX_AGE_SECONDS = 1;

  private final StreamDirectory directory;
  private final PlaybackLinks links;

  public PlaybackRoutes(StreamDirectory directory, PlaybackLinks links) {
    this.directory = directory;
    this.links = links;
  }

  public List<Operation> operations() {
    return List.of(
        new Operation.Open("getPlayback", "/channels/{channel}/playback", this::playback));
  }

  private void playback(RoutingContext context) {
    String slug = requireNonNull(context.pathParam("channel"));
    if (!ChannelSlug.isValid(slug)) {
      Problem.notFound(
              "invalid-channel-name", "A channel name is 1 to 64 characters of a-z, 0-9, - and _.")
          .answer(context);
      return;
    }
    PlaybackView view =
        directory
            .latestOf(new ChannelSlug(slug))
            .map(record -> PlaybackView.of(record, links))
            .orElseGet(() -> new PlaybackView(slug, "offline", null, null, null, null));
    JsonAnswer.shared(view, MAX_AGE_SECONDS).answer(context);
  }

  /// @param state offline, starting, live, reconnecting or ended
  /// @param hls path of the multivariant playlist on the server that was asked
  /// @param poster path of what the stream shows, as a JPEG file; left out while there is none
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record PlaybackView(
      String channel,
      String state,
      @Nullable String stream,
      @Nullable String hls,
      @Nullable String poster,
      @Nullable String startedAt) {
    static PlaybackView of(StreamRecord record, PlaybackLinks links) {
      return new PlaybackView(
          record.channel().value(),
          stateOf(record.state()),
          record.id().value(),
          links.hlsPath(record.id()),
          links.posterPath(record.id()),
          Times.text(record.startedAt()));
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
}
