package nova.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.Cursors;
import nova.api.http.JsonAnswer;
import nova.api.http.JsonFields;
import nova.api.http.Operation;
import nova.api.http.Page;
import nova.api.http.Slugs;
import nova.control.database.ListPosition;
import nova.control.stream.ChannelStream;
import nova.control.stream.StreamChange;
import nova.control.stream.StreamFilter;
import nova.control.stream.StreamMetadata;
import nova.control.stream.Streams;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.core.ViewerCount;
import org.jspecify.annotations.Nullable;

/// `/streams`: broadcasts that are prepared, live or over. In a path the id of a stream may also be
/// the slug of a channel, which means its latest one.
///
/// *Thread-safe.*
public final class StreamRoutes {
  private static final String STOPPED = "The broadcast was stopped by an operator.";

  private final Streams streams;
  private final StreamDirectory directory;
  private final PlaybackLinks links;
  private final Function<StreamId, Optional<ViewerCount>> viewers;

  /// @param directory what memory knows of streams that are live
  /// @param viewers how many watch a stream; must not block
  public StreamRoutes(
      Streams streams,
      StreamDirectory directory,
      PlaybackLinks links,
      Function<StreamId, Optional<ViewerCount>> viewers) {
    this.streams = streams;
    this.directory = directory;
    this.links = links;
    this.viewers = viewers;
  }

  public List<Operation> operations() {
    Access read = Access.of(Scope.VIEWER);
    Access change = Access.of(Scope.OPERATOR);
    return List.of(
        Operation.get("listStreams", "/streams", read, this::list)
            .taking("channel", "state", "live", "since", "until", "limit", "cursor"),
        Operation.post("createStream", "/streams", change, this::create),
        Operation.get("getStream", "/streams/{id}", read, this::find),
        Operation.patch("updateStream", "/streams/{id}", change, this::update),
        Operation.post("stopStream", "/streams/{id}/stop", change, this::stop));
  }

  private JsonAnswer list(ApiRequest request) {
    Optional<ChannelSlug> asked = request.query("channel", Slugs::parse, Slugs.EXPECTED);
    if (asked.isPresent() && !request.caller().sees(asked.get())) {
      throw ApiRequest.unknown("channel", asked.get().value());
    }
    Set<StreamState> states = states(request);
    Optional<ListPosition<StreamId>> after =
        request.position(id -> Optional.of(id).filter(StreamId::isValid).map(StreamId::new));
    int limit = request.limit();
    StreamFilter filter =
        new StreamFilter(
            asked.or(() -> request.caller().token().channel()),
            states,
            request.time("since"),
            request.time("until"));
    List<ChannelStream> found = streams.list(filter, after, states.isEmpty() ? 0 : limit + 1);
    Page<ChannelStream> page =
        Page.of(found, limit, stream -> Cursors.after(stream.createdAt(), stream.id()));
    return JsonAnswer.ok(
        new StreamList(page.map(stream -> view(request, stream)), page.nextCursor()));
  }

  /// Those that are asked for; none when nothing can be both.
  private static Set<StreamState> states(ApiRequest request) {
    Optional<StreamState> state =
        request.query(
            "state",
            text -> Stream.of(StreamState.values()).filter(s -> s.name().equals(text)).findFirst(),
            "the state of a stream, such as ACTIVE");
    Optional<Boolean> live = request.flag("live");
    Set<StreamState> states = EnumSet.allOf(StreamState.class);
    states.removeIf(
        one ->
            state.map(wanted -> wanted != one).orElse(false)
                || live.map(wanted -> wanted == one.isOver()).orElse(false));
    return states;
  }

  private JsonAnswer create(ApiRequest request) {
    JsonFields body = request.body().only("channel", "title", "description", "tags");
    ChannelSlug channel = body.requiredOneOf("channel", Slugs::parse, Slugs.EXPECTED);
    if (!request.caller().sees(channel)) {
      throw ApiRequest.unknown("channel", channel.value());
    }
    StreamChange wanted = change(body);
    ChannelStream made =
        streams.prepare(
            channel,
            new StreamMetadata(
                wanted.title().orElse(""),
                wanted.description().orElse(""),
                wanted.tags().orElse(List.of())),
            request.caller().actor());
    return JsonAnswer.created("/streams/" + made.id(), view(request, made)).at(made.version());
  }

  private JsonAnswer find(ApiRequest request) {
    return answer(request, StreamPaths.find(streams, request));
  }

  private JsonAnswer update(ApiRequest request) {
    StreamChange change = change(request.body().only("title", "description", "tags"));
    StreamId id = StreamPaths.find(streams, request).id();
    return answer(
        request, streams.update(id, change, request.ifVersion(), request.caller().actor()));
  }

  private JsonAnswer stop(ApiRequest request) {
    String reason =
        request.body().only("reason").text("reason", Streams.MAX_REASON).orElse(STOPPED);
    StreamId id = StreamPaths.find(streams, request).id();
    return answer(request, streams.stop(id, reason, request.caller().actor()));
  }

  private static StreamChange change(JsonFields body) {
    return new StreamChange(
        body.text("title", StreamMetadata.MAX_TITLE),
        body.text("description", StreamMetadata.MAX_DESCRIPTION),
        body.texts("tags", StreamMetadata.MAX_TAGS, StreamMetadata.MAX_TAG));
  }

  private JsonAnswer answer(ApiRequest request, ChannelStream stream) {
    return JsonAnswer.ok(view(request, stream)).at(stream.version());
  }

  private StreamView view(ApiRequest request, ChannelStream stream) {
    return StreamView.of(
        stream,
        directory.find(stream.id()),
        links,
        viewers,
        request.caller().token().scope().includes(Scope.OPERATOR));
  }

  /// The JSON of a page.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record StreamList(List<StreamView> streams, @Nullable String nextCursor) {
    StreamList {
      streams = List.copyOf(streams);
    }
  }
}
