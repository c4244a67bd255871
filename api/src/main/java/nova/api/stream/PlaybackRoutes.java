package nova.api.stream;

import static java.util.Objects.requireNonNull;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nova.api.http.Access;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Problem;
import nova.api.http.RouteGuard;
import nova.control.channel.Channel;
import nova.control.channel.PlaybackPolicy;
import nova.control.token.Scope;
import nova.core.ChannelSlug;

/// What players have to know, asked every few seconds by every open page: `GET /playback` of all
/// channels that are live and listed, `GET /channels/{channel}/playback` of one. Answered from
/// memory, so watching goes on while the database is away.
///
/// A channel that never was live is `offline`, like one that does not exist: the answer does not
/// tell which channels there are.
///
/// *Thread-safe.*
public final class PlaybackRoutes {
  private static final int MAX_AGE_SECONDS = 1;

  private final StreamDirectory directory;
  private final Function<ChannelSlug, Optional<Channel>> channels;
  private final PlaybackLinks links;
  private final RouteGuard guard;

  /// @param channels a channel as memory knows it; must not block
  /// @param guard who lets in whoever watches channels that are not for everybody
  public PlaybackRoutes(
      StreamDirectory directory,
      Function<ChannelSlug, Optional<Channel>> channels,
      PlaybackLinks links,
      RouteGuard guard) {
    this.directory = directory;
    this.channels = channels;
    this.links = links;
    this.guard = guard;
  }

  public List<Operation> operations() {
    return List.of(
        new Operation.Open("listPlayback", "/playback", this::list),
        new Operation.Open("getPlayback", "/channels/{channel}/playback", this::one));
  }

  private void list(RoutingContext context) {
    List<PlaybackView> live =
        directory.all().stream()
            .filter(record -> !record.state().isOver())
            .flatMap(
                record ->
                    channels.apply(record.channel()).filter(PlaybackRoutes::isListed).stream()
                        .map(channel -> PlaybackView.of(record, channel, links)))
            .toList();
    JsonAnswer.shared(new PlaybackList(live), MAX_AGE_SECONDS).answer(context);
  }

  private static boolean isListed(Channel channel) {
    return channel.listed() && channel.playback() == PlaybackPolicy.PUBLIC;
  }

  private void one(RoutingContext context) {
    String slug = requireNonNull(context.pathParam("channel"));
    if (!ChannelSlug.isValid(slug)) {
      Problem.notFound(
              "invalid-channel-name", "A channel name is 1 to 64 characters of a-z, 0-9, - and _.")
          .answer(context);
      return;
    }
    Optional<Channel> channel = channels.apply(new ChannelSlug(slug));
    if (channel.isPresent() && channel.get().playback() == PlaybackPolicy.TOKEN) {
      forTokens(context, channel.get());
    } else {
      PlaybackView view = channel.map(this::view).orElseGet(() -> PlaybackView.unknown(slug));
      JsonAnswer.shared(view, MAX_AGE_SECONDS).answer(context);
    }
  }

  private void forTokens(RoutingContext context, Channel channel) {
    guard.admit(
        context,
        Access.of(Scope.VIEWER),
        "getPlayback",
        caller ->
            JsonAnswer.ok(
                    caller.sees(channel.slug())
                        ? view(channel)
                        : PlaybackView.unknown(channel.slug().value()))
                ::answer);
  }

  private PlaybackView view(Channel channel) {
    return directory
        .latestOf(channel.slug())
        .map(record -> PlaybackView.of(record, channel, links))
        .orElseGet(() -> PlaybackView.offline(channel));
  }

  /// The JSON of the list.
  private record PlaybackList(List<PlaybackView> channels) {
    PlaybackList {
      channels = List.copyOf(channels);
    }
  }
}
