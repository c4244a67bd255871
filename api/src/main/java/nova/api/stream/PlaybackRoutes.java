package nova.api.stream;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Problem;
import nova.api.http.RouteGuard;
import nova.api.http.SharedJson;
import nova.control.channel.Channel;
import nova.control.channel.PlaybackPolicy;
import nova.control.playback.PlaybackRights;
import nova.control.playback.TooManyWrongTokensException;
import nova.core.ChannelSlug;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// What players have to know, asked every few seconds by every open page: `GET /playback` of all
/// channels that are live and listed, `GET /channels/{channel}/playback` of one. Answered from
/// memory, so watching goes on while the database is away.
///
/// A channel that never was live is `offline`, like one that does not exist: its page waits either
/// way. The title of a channel, and that one is for token holders, is told to everybody who asks.
///
/// *Thread-safe.*
public final class PlaybackRoutes {
  private static final int MAX_AGE_SECONDS = 1;
  private static final int RETRY_SECONDS = 5;

  private final StreamDirectory directory;
  private final Function<ChannelSlug, Optional<Channel>> channels;
  private final PlaybackLinks links;
  private final PlaybackRights rights;
  private final SharedJson list;

  /// @param channels a channel as memory knows it; must not block
  /// @param rights who may watch channels that are not for everybody
  /// @param clock by which the list of all is made once a second
  public PlaybackRoutes(
      StreamDirectory directory,
      Function<ChannelSlug, Optional<Channel>> channels,
      PlaybackLinks links,
      PlaybackRights rights,
      NanoClock clock) {
    this.directory = directory;
    this.channels = channels;
    this.links = links;
    this.rights = rights;
    this.list = new SharedJson(this::all, MAX_AGE_SECONDS, clock);
  }

  public List<Operation> operations() {
    return List.of(
        new Operation.Open("listPlayback", "/playback", list::answer),
        new Operation.Open("getPlayback", "/channels/{channel}/playback", this::one));
  }

  private PlaybackList all() {
    return new PlaybackList(
        directory.all().stream()
            .filter(record -> !record.state().isOver())
            .flatMap(
                record ->
                    channels.apply(record.channel()).filter(PlaybackRoutes::isListed).stream()
                        .map(channel -> PlaybackView.of(record, channel, links)))
            .toList());
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

  /// Open pages ask every few seconds, many with the same token: they are not charged to it, and
  /// the database is not asked each time.
  private void forTokens(RoutingContext context, Channel channel) {
    Optional<String> secret = RouteGuard.bearer(context.request());
    if (secret.isEmpty()) {
      Problem.of(
              401,
              "token-required",
              "This channel is for holders of a token (expected: the header Authorization: Bearer"
                  + " nova_…).")
          .answer(context);
      return;
    }
    Context loop = context.vertx().getOrCreateContext();
    var _ =
        rights
            .mayWatch(
                channel.slug(), secret.get(), context.request().remoteAddress().hostAddress())
            .whenComplete(
                (mayWatch, failure) ->
                    loop.runOnContext(
                        _ -> answer(context, channel, failure == null && mayWatch, failure)));
  }

  private void answer(
      RoutingContext context, Channel channel, boolean mayWatch, @Nullable Throwable failure) {
    if (causeOf(failure) instanceof TooManyWrongTokensException tooMany) {
      Problem.tooManyWrongTokens(tooMany.waiting()).answer(context);
    } else if (failure != null) {
      Problem.later(
              503,
              "token-not-checked",
              "The token cannot be checked now, try again in a moment.",
              RETRY_SECONDS)
          .answer(context);
    } else if (mayWatch) {
      JsonAnswer.ok(view(channel)).answer(context);
    } else {
      Problem.of(
              403,
              "token-not-valid",
              "This token does not open the channel; ask its operator for another one.")
          .answer(context);
    }
  }

  private static @Nullable Throwable causeOf(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
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
