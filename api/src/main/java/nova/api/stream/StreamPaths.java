package nova.api.stream;

import java.util.Optional;
import java.util.function.Supplier;
import nova.api.http.ApiRequest;
import nova.control.error.UnknownException;
import nova.control.stream.ChannelStream;
import nova.control.stream.Streams;
import nova.core.ChannelSlug;
import nova.core.StreamId;

/// The streams that paths name.
final class StreamPaths {
  private StreamPaths() {}

  /// The stream of an id, else the latest of a channel of that name.
  ///
  /// @throws UnknownException also when the caller may not know of it
  static ChannelStream find(Streams streams, ApiRequest request) {
    String id = request.path("id");
    return byId(streams, id)
        .or(() -> latestOf(streams, id))
        .filter(stream -> request.caller().sees(stream.channel()))
        .orElseThrow(() -> ApiRequest.unknown("stream", id));
  }

  private static Optional<ChannelStream> byId(Streams streams, String id) {
    return StreamId.isValid(id) ? known(() -> streams.find(new StreamId(id))) : Optional.empty();
  }

  private static Optional<ChannelStream> latestOf(Streams streams, String channel) {
    return ChannelSlug.isValid(channel)
        ? known(() -> streams.latestOf(new ChannelSlug(channel)))
        : Optional.empty();
  }

  private static Optional<ChannelStream> known(Supplier<ChannelStream> lookup) {
    try {
      return Optional.of(lookup.get());
    } catch (UnknownException _) {
      return Optional.empty();
    }
  }
}
