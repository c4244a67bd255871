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
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.core.ChannelSlug;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.core.ViewerCount;

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
  private final Function<StreamId, Optional<ViewerCount>> viewers;
  private final PlaybackRights rights;
  private final SharedJson list;

  /// @param channels a channel as memory knows it; must not block
  /// @param viewers how many watch a stream; must not block
  /// @param rights who may watch channels that are not for everybody
  /// @param clock by which the list of all is made once a second
  public PlaybackRoutes(
      StreamDirectory directory,
      Function<ChannelSlug, Optional<Channel>> channels,
      PlaybackLinks links,
      Function<StreamId, Optional<ViewerCount>> viewers,
      PlaybackRights rights,
      NanoClock clock) {
    this.directory = directory;
    this.channels = channels;
    this.links = links;
    this.viewers = viewers;
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
                        .map(channel -> view(record, channel)))
            .toList());
  }

  private static boolean isListed(Channel channel) {
    return channel.listed() && channel.playback() == PlaybackPolicy.PUBLIC;
  }

  private void one(RoutingContext context) {
    String slug = requireNonNull(context.pathParam("channel"));
    if (!ChannelSlug.isValid(slug)) {
      Problem.notFound("unknown-channel", "There is no such channel.").answer(context);
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
            .tokenOf(secret.get(), context.request().remoteAddress().hostAddress())
            .whenComplete(
                (token, failure) ->
                    loop.runOnContext(
                        _ -> {
                          if (failure == null) {
                            answer(context, channel, token);
                          } else {
                            notChecked(failure).answer(context);
                          }
                        }));
  }

  private void answer(RoutingContext context, Channel channel, Optional<Token> token) {
    if (token.isEmpty()) {
      Problem.invalidToken().answer(context);
    } else if (token.get().allows(Scope.VIEWER, channel.slug())) {
      JsonAnswer.ok(view(channel)).answer(context);
    } else {
      Problem.ofOneChannel(token.get().channel().orElseThrow(), "one for this channel")
          .answer(context);
    }
  }

  private static Problem notChecked(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof TooManyWrongTokensException tooMany
        ? Problem.tooManyWrongTokens(tooMany.waiting())
        : Problem.later(
            503,
            "token-not-checked",
            "The token cannot be checked now, try again in a moment.",
            RETRY_SECONDS);
  }

  private PlaybackView view(Channel channel) {
    return directory
        .latestOf(channel.slug())
        .map(record -> view(record, channel))
        .orElseGet(() -> PlaybackView.offline(channel));
  }

  private PlaybackView view(StreamRecord record, Channel channel) {
    return PlaybackView.of(record, channel, links, viewers.apply(record.id()));
  }

  /// The JSON of the list.
  private record PlaybackList(List<PlaybackView> channels) {
    PlaybackList {
      channels = List.copyOf(channels);
    }
  }
}
