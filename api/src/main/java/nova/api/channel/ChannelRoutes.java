package nova.api.channel;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.Cursors;
import nova.api.http.JsonAnswer;
import nova.api.http.JsonFields;
import nova.api.http.Operation;
import nova.api.http.Page;
import nova.api.http.Slugs;
import nova.api.http.Times;
import nova.api.http.Uuids;
import nova.control.channel.Channel;
import nova.control.channel.ChannelChange;
import nova.control.channel.ChannelId;
import nova.control.channel.Channels;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.ListPosition;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// `/channels`: the durable owners of broadcasts.
///
/// *Thread-safe.*
public final class ChannelRoutes {
  private final Channels channels;
  private final Function<ChannelSlug, Optional<StreamId>> live;

  /// @param live the stream of a channel that is live now; must not block
  public ChannelRoutes(Channels channels, Function<ChannelSlug, Optional<StreamId>> live) {
    this.channels = channels;
    this.live = live;
  }

  public List<Operation> operations() {
    Access read = Access.of(Scope.VIEWER);
    Access change = Access.of(Scope.OPERATOR);
    Access make = Access.toServer(Scope.OPERATOR);
    return List.of(
        Operation.get("listChannels", "/channels", read, this::list).taking("limit", "cursor"),
        Operation.post("createChannel", "/channels", make, this::create),
        Operation.get("getChannel", "/channels/{channel}", read, this::find),
        Operation.patch("updateChannel", "/channels/{channel}", change, this::update),
        Operation.delete("deleteChannel", "/channels/{channel}", make, this::delete));
  }

  private JsonAnswer list(ApiRequest request) {
    Optional<ListPosition<ChannelId>> after =
        request.position(id -> Uuids.parse(id).map(ChannelId::new));
    int limit = request.limit();
    Optional<ChannelSlug> only = request.caller().token().channel();
    if (only.isPresent()) {
      return JsonAnswer.ok(new ChannelList(List.of(view(channels.find(only.get()))), null));
    }
    Page<Channel> page =
        Page.of(
            channels.list(after, limit + 1),
            limit,
            channel -> Cursors.after(channel.createdAt(), channel.id()));
    return JsonAnswer.ok(new ChannelList(page.map(this::view), page.nextCursor()));
  }

  private JsonAnswer create(ApiRequest request) {
    JsonFields body = request.body().only("slug", "title", "broadcasterId", "listed", "playback");
    ChannelSlug slug = body.requiredOneOf("slug", Slugs::parse, Slugs.EXPECTED);
    Channel made = channels.create(slug, change(body), request.caller().actor());
    return JsonAnswer.created("/channels/" + slug, view(made)).at(made.version());
  }

  private JsonAnswer find(ApiRequest request) {
    return answer(channels.find(request.channel()));
  }

  private JsonAnswer update(ApiRequest request) {
    JsonFields body = request.body().only("title", "broadcasterId", "listed", "playback");
    return answer(
        channels.update(
            request.channel(), change(body), request.ifVersion(), request.caller().actor()));
  }

  private JsonAnswer delete(ApiRequest request) {
    channels.delete(request.channel(), request.ifVersion(), request.caller().actor());
    return JsonAnswer.nothing();
  }

  private static ChannelChange change(JsonFields body) {
    return new ChannelChange(
        body.text("title", Channel.MAX_TEXT),
        body.text("broadcasterId", Channel.MAX_TEXT),
        body.flag("listed"),
        body.oneOf("playback", PlaybackPolicy::of, "public or token"));
  }

  private JsonAnswer answer(Channel channel) {
    return JsonAnswer.ok(view(channel)).at(channel.version());
  }

  private ChannelView view(Channel channel) {
    return new ChannelView(
        channel.slug().value(),
        channel.title(),
        channel.broadcasterId(),
        channel.listed(),
        channel.playback().label(),
        live.apply(channel.slug()).map(StreamId::value).orElse(null),
        Times.text(channel.createdAt()),
        Times.text(channel.updatedAt()),
        channel.version());
  }

  /// The JSON of one channel.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record ChannelView(
      String slug,
      String title,
      String broadcasterId,
      boolean listed,
      String playback,
      @Nullable String liveStream,
      String createdAt,
      String updatedAt,
      long version) {}

  /// The JSON of a page.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record ChannelList(List<ChannelView> channels, @Nullable String nextCursor) {
    ChannelList {
      channels = List.copyOf(channels);
    }
  }
}
