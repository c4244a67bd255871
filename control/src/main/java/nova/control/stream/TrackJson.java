package nova.control.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nova.control.database.SqlJson;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.core.TrackKind;

/// Tracks as a column of JSON.
final class TrackJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private TrackJson() {}

  static String text(List<TrackDescription> tracks) {
    return SqlJson.text(tracks.stream().map(TrackJson::fields).toList());
  }

  private static Map<String, Object> fields(TrackDescription track) {
    return switch (track) {
      case TrackDescription.Video video ->
          Map.of(
              "kind", video.track().kind().label(),
              "index", video.track().index(),
              "codec", video.codec(),
              "width", video.width(),
              "height", video.height(),
              "frameRate", video.frameRate());
      case TrackDescription.Audio audio ->
          Map.of(
              "kind", audio.track().kind().label(),
              "index", audio.track().index(),
              "codec", audio.codec(),
              "sampleRate", audio.sampleRate(),
              "channels", audio.channels());
    };
  }

  static List<TrackDescription> tracks(String json) {
    try {
      List<TrackDescription> tracks = new ArrayList<>();
      for (JsonNode track : MAPPER.readTree(json)) {
        tracks.add(track(track));
      }
      return tracks;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the database holds what are no tracks", e);
    }
  }

  private static TrackDescription track(JsonNode fields) {
    boolean video = fields.path("kind").asText().equals(TrackKind.VIDEO.label());
    TrackId id =
        new TrackId(video ? TrackKind.VIDEO : TrackKind.AUDIO, fields.path("index").asInt());
    String codec = fields.path("codec").asText();
    return video
        ? new TrackDescription.Video(
            id,
            codec,
            fields.path("width").asInt(),
            fields.path("height").asInt(),
            fields.path("frameRate").asDouble())
        : new TrackDescription.Audio(
            id, codec, fields.path("sampleRate").asInt(), fields.path("channels").asInt());
  }
}
