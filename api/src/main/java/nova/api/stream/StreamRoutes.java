package nova.api.stream;

import static java.util.Objects.requireNonNull;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import nova.api.http.JsonAnswer;
import nova.api.http.Problem;
import nova.api.http.ReadRoute;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// `GET /api/v1/streams` (with `?live=true` only those not over) and `GET /api/v1/streams/{id}`,
/// where the id is a stream id or the slug of a channel, which means its latest stream.
///
/// *Thread-safe.*
public final class StreamRoutes {
  private static final int MAX_AGE_SECONDS = 1;

  private final StreamDirectory directory;
  private final PlaybackLinks links;

  public StreamRoutes(StreamDirectory directory, PlaybackLinks links) {
    this.directory = directory;
    this.links = links;
  }

  public void mount(Router router) {
    ReadRoute.mount(router, "/api/v1/streams", this::list);
    ReadRoute.mount(router, "/api/v1/streams/:id", this::one);
  }

  private void list(RoutingContext context) {
    String live = context.queryParams().get("live");
    if (live != null && !live.equals("true") && !live.equals("false")) {
      Problem.badRequest("invalid-parameter", "The parameter live takes true or false.")
          .answer(context);
      return;
    }
    List<StreamView> streams =
        directory.all().stream()
            .filter(record -> !"true".equals(live) || !record.state().isOver())
            .map(record -> StreamView.of(record, links))
            .toList();
    JsonAnswer.ok(new StreamList(streams), MAX_AGE_SECONDS).answer(context);
  }

  private void one(RoutingContext context) {
    String id = requireNonNull(context.pathParam("id"));
    Optional<StreamRecord> record = find(id);
    if (record.isPresent()) {
      JsonAnswer.ok(StreamView.of(record.get(), links), MAX_AGE_SECONDS).answer(context);
    } else {
      Problem.notFound(
              "unknown-stream",
              "No stream or channel of that name has been live in the last minutes.")
          .answer(context);
    }
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
