package nova.api.stream;

import java.util.List;
import java.util.Optional;
import nova.api.http.Access;
import nova.api.http.ApiRequest;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.Problem;
import nova.api.http.ProblemException;
import nova.control.error.UnknownException;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// `GET /api/v1/streams` (with `?live=true` only those not over) and `GET /api/v1/streams/{id}`,
/// where the id is a stream id or the slug of a channel, which means its latest stream.
///
/// *Thread-safe.*
public final class StreamRoutes {
  private final StreamDirectory directory;
  private final PlaybackLinks links;

  public StreamRoutes(StreamDirectory directory, PlaybackLinks links) {
    this.directory = directory;
    this.links = links;
  }

  public List<Operation> operations() {
    return List.of(
        Operation.get("listStreams", "/streams", Access.of(Scope.VIEWER), this::list)
            .taking("live"),
        Operation.get("getStream", "/streams/{id}", Access.of(Scope.VIEWER), this::one));
  }

  private JsonAnswer list(ApiRequest request) {
    boolean onlyLive = request.flag("live").orElse(false);
    return JsonAnswer.ok(
        new StreamList(
            directory.all().stream()
                .filter(record -> !onlyLive || !record.state().isOver())
                .filter(record -> request.caller().sees(record.channel()))
                .map(record -> StreamView.of(record, links))
                .toList()));
  }

  private JsonAnswer one(ApiRequest request) {
    String id = request.path("id");
    return find(id)
        .filter(record -> request.caller().sees(record.channel()))
        .map(record -> JsonAnswer.ok(StreamView.of(record, links)))
        .orElseThrow(() -> unknown(id));
  }

  private static RuntimeException unknown(String id) {
    return StreamId.isValid(id) || ChannelSlug.isValid(id)
        ? new UnknownException("stream", id)
        : new ProblemException(
            Problem.notFound(
                "unknown-stream", "There is no such stream (expected: a stream id or a channel)."));
  }

  private Optional<StreamRecord> find(String id) {
    Optional<StreamRecord> byId =
        StreamId.isValid(id) ? directory.find(new StreamId(id)) : Optional.empty();
    return byId.isEmpty() && ChannelSlug.isValid(id)
        ? directory.latestOf(new ChannelSlug(id))
        : byId;
  }

  /// The JSON of the list; an object, so that paging can be added beside it.
  private record StreamList(List<StreamView> streams) {
    StreamList {
      streams = List.copyOf(streams);
    }
  }
}
