package nova.backends.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nova.core.StreamHealth;

/// A [StreamHealth] as JSON, with a bounded number of sentences for the broadcaster.
///
/// *Thread-safe.*
public final class StreamHealthJson {
  private static final int MOST_ADVICE = 50;

  private StreamHealthJson() {}

  public static ObjectNode write(StreamHealth health) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("videoBitrateBps", health.videoBitrateBps())
            .put("audioBitrateBps", health.audioBitrateBps())
            .put("frameRate", health.frameRate())
            .put("keyframeIntervalMs", health.keyframeIntervalMs())
            .put("receivedBytes", health.receivedBytes())
            .put("receivedFrames", health.receivedFrames())
            .put("repairedTimestamps", health.repairedTimestamps())
            .put("droppedFrames", health.droppedFrames());
    ArrayNode advice = json.putArray("advice");
    health.advice().stream().limit(MOST_ADVICE).forEach(advice::add);
    return json;
  }

  /// Reads what [#write] made; what is missing, as another release does not measure it, is 0.
  ///
  /// @throws IllegalArgumentException when it is not an object, or a field is of another kind
  public static StreamHealth read(JsonNode json) {
    Fields health = new Fields(json);
    List<String> advice = health.has("advice") ? health.texts("advice") : List.of();
    return new StreamHealth(
        number(health, "videoBitrateBps"),
        number(health, "audioBitrateBps"),
        health.has("frameRate") ? health.real("frameRate") : 0,
        number(health, "keyframeIntervalMs"),
        number(health, "receivedBytes"),
        number(health, "receivedFrames"),
        number(health, "repairedTimestamps"),
        number(health, "droppedFrames"),
        advice.subList(0, Math.min(advice.size(), MOST_ADVICE)));
  }

  private static long number(Fields health, String name) {
    return health.has(name) ? health.number(name) : 0;
  }
}
