package nova.backends.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nova.backends.json.Fields;
import nova.backends.json.StreamHealthJson;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.QualitySwitched;
import nova.core.StreamEvent.RungMisaligned;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.RungsFailed;
import nova.core.StreamEvent.SegmentGenerated;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamEvent.ViewerLeft;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.core.TrackKind;

/// What a [StreamEvent] tells beside its stream and its time, as JSON. A field that may be absent
/// is left out; fields that are not known are ignored.
///
/// *Thread-safe.*
final class StreamEventJson {
  private StreamEventJson() {}

  /// The name of an event's kind.
  static String type(StreamEvent event) {
    return event.getClass().getSimpleName();
  }

  /// Writes an event.
  ///
  /// @throws IllegalArgumentException of a measurement, which stays in its process
  static ObjectNode write(StreamEvent event) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    switch (event) {
      case StreamStarted e -> {
        data.put("channel", e.channel().value());
        broadcaster(data, e.remoteAddress(), e.encoder(), e.key());
      }
      case EpochBegan e -> {
        data.put("epoch", e.epoch().number());
        ArrayNode tracks = data.putArray("tracks");
        e.tracks().forEach(track -> tracks.add(write(track)));
      }
      case StreamMeasured _ ->
          throw new IllegalArgumentException("a measurement is no event of the log");
      case StreamRecovering e ->
          data.put("reason", e.reason()).put("graceUntil", e.graceUntil().toString());
      case StreamResumed e -> broadcaster(data, e.remoteAddress(), e.encoder(), e.key());
      case StreamMoved e -> data.put("channel", e.channel().value()).put("claim", e.claim());
      case StreamStopRequested e -> data.put("reason", e.reason());
      case StreamEnded e ->
          data.put("reason", e.reason()).set("health", StreamHealthJson.write(e.health()));
      case StreamError e -> {
        data.put("reason", e.reason());
        e.health().ifPresent(health -> data.set("health", StreamHealthJson.write(health)));
      }
      case SegmentGenerated e ->
          data.put("rendition", e.rendition().value())
              .put("epoch", e.epoch().number())
              .put("number", e.number())
              .put("durationMs", e.durationMs())
              .put("sizeBytes", e.sizeBytes());
      case LadderChanged e -> {
        data.put("sourceListed", e.sourceListed()).put("audioListed", e.audioListed());
        ArrayNode rungs = data.putArray("rungs");
        e.rungs().forEach(rung -> rungs.add(rung.value()));
        data.put("reason", e.reason());
      }
      case RungStarted e -> data.put("rendition", e.rendition().value()).put("run", e.run());
      case BitrateAdapted e -> data.put("step", e.step()).put("reason", e.reason());
      case RungsFailed e -> data.put("reason", e.reason()).put("sentence", e.sentence());
      case RungMisaligned e ->
          data.put("rendition", e.rendition().value())
              .put("number", e.number())
              .put("offsetMs", e.offsetMs());
      case ViewerJoined e -> viewer(data, e.viewer(), e.identified());
      case ViewerLeft e ->
          viewer(data, e.viewer(), e.identified()).put("watchedMs", e.watched().toMillis());
      case QualitySwitched e ->
          data.put("viewer", e.viewer()).put("from", e.from().value()).put("to", e.to().value());
    }
    return data;
  }

  /// Reads an event; empty when its kind is not known.
  ///
  /// @throws IllegalArgumentException when the data is not what [#write] makes
  static Optional<StreamEvent> read(String type, StreamId stream, Instant at, JsonNode json) {
    Fields data = new Fields(json);
    return Optional.ofNullable(
        switch (type) {
          case "StreamStarted" ->
              new StreamStarted(
                  stream,
                  at,
                  new ChannelSlug(data.text("channel")),
                  data.text("remoteAddress"),
                  data.text("encoder"),
                  key(data));
          case "EpochBegan" ->
              new EpochBegan(
                  stream,
                  at,
                  epoch(data),
                  data.list("tracks").stream().map(StreamEventJson::track).toList());
          case "StreamRecovering" ->
              new StreamRecovering(stream, at, data.text("reason"), data.instant("graceUntil"));
          case "StreamResumed" ->
              new StreamResumed(
                  stream, at, data.text("remoteAddress"), data.text("encoder"), key(data));
          case "StreamMoved" ->
              new StreamMoved(
                  stream, at, new ChannelSlug(data.text("channel")), data.number("claim"));
          case "StreamStopRequested" -> new StreamStopRequested(stream, at, data.text("reason"));
          case "StreamEnded" -> new StreamEnded(stream, at, data.text("reason"), health(data));
          case "StreamError" ->
              new StreamError(
                  stream,
                  at,
                  data.text("reason"),
                  data.has("health") ? Optional.of(health(data)) : Optional.empty());
          case "SegmentGenerated" ->
              new SegmentGenerated(
                  stream,
                  at,
                  rendition(data),
                  epoch(data),
                  data.number("number"),
                  data.number("durationMs"),
                  data.number("sizeBytes"));
          case "LadderChanged" ->
              new LadderChanged(
                  stream,
                  at,
                  data.truth("sourceListed"),
                  data.truth("audioListed"),
                  data.texts("rungs").stream().map(RenditionId::new).toList(),
                  data.text("reason"));
          case "RungStarted" ->
              new RungStarted(stream, at, rendition(data), data.smallNumber("run"));
          case "BitrateAdapted" ->
              new BitrateAdapted(stream, at, data.text("step"), data.text("reason"));
          case "RungsFailed" ->
              new RungsFailed(stream, at, data.text("reason"), data.text("sentence"));
          case "RungMisaligned" ->
              new RungMisaligned(
                  stream, at, rendition(data), data.number("number"), data.number("offsetMs"));
          case "ViewerJoined" ->
              new ViewerJoined(stream, at, data.text("viewer"), data.truth("identified"));
          case "ViewerLeft" ->
              new ViewerLeft(
                  stream,
                  at,
                  data.text("viewer"),
                  data.truth("identified"),
                  Duration.ofMillis(data.number("watchedMs")));
          case "QualitySwitched" ->
              new QualitySwitched(
                  stream,
                  at,
                  data.text("viewer"),
                  new RenditionId(data.text("from")),
                  new RenditionId(data.text("to")));
          default -> null;
        });
  }

  private static void broadcaster(
      ObjectNode data, String remoteAddress, String encoder, Optional<StreamKeyId> key) {
    data.put("remoteAddress", remoteAddress).put("encoder", encoder);
    key.ifPresent(id -> data.put("key", id.toString()));
  }

  private static ObjectNode viewer(ObjectNode data, String viewer, boolean identified) {
    return data.put("viewer", viewer).put("identified", identified);
  }

  private static Optional<StreamKeyId> key(Fields data) {
    return data.has("key") ? Optional.of(new StreamKeyId(data.uuid("key"))) : Optional.empty();
  }

  private static StreamHealth health(Fields data) {
    return StreamHealthJson.read(data.fields("health").json());
  }

  private static Epoch epoch(Fields data) {
    return new Epoch(data.smallNumber("epoch"));
  }

  private static RenditionId rendition(Fields data) {
    return new RenditionId(data.text("rendition"));
  }

  private static ObjectNode write(TrackDescription track) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", track.track().kind().label())
            .put("index", track.track().index())
            .put("codec", track.codec());
    return switch (track) {
      case TrackDescription.Video video ->
          data.put("width", video.width())
              .put("height", video.height())
              .put("frameRate", video.frameRate());
      case TrackDescription.Audio audio ->
          data.put("sampleRate", audio.sampleRate()).put("channels", audio.channels());
    };
  }

  private static TrackDescription track(JsonNode json) {
    Fields data = new Fields(json);
    String kind = data.text("kind");
    int index = data.smallNumber("index");
    String codec = data.text("codec");
    for (TrackKind known : TrackKind.values()) {
      if (known.label().equals(kind)) {
        TrackId id = new TrackId(known, index);
        return switch (known) {
          case VIDEO ->
              new TrackDescription.Video(
                  id,
                  codec,
                  data.smallNumber("width"),
                  data.smallNumber("height"),
                  data.real("frameRate"));
          case AUDIO ->
              new TrackDescription.Audio(
                  id, codec, data.smallNumber("sampleRate"), data.smallNumber("channels"));
        };
      }
    }
    throw new IllegalArgumentException(
        "kind '%s' of a track (expected: one known)".formatted(kind));
  }
}
