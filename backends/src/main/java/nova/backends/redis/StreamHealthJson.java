package nova.backends.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import nova.core.StreamHealth;

/// A [StreamHealth] as JSON, with a bounded number of sentences for the broadcaster.
final class StreamHealthJson {
  private static final int MOST_ADVICE = 50;

  private StreamHealthJson() {}

  static void write(ObjectNode json, StreamHealth health) {
    ArrayNode advice =
        json.put("videoBitrateBps", health.videoBitrateBps())
            .put("audioBitrateBps", health.audioBitrateBps())
            .put("frameRate", health.frameRate())
            .put("keyframeIntervalMs", health.keyframeIntervalMs())
            .put("receivedBytes", health.receivedBytes())
            .put("receivedFrames", health.receivedFrames())
            .put("repairedTimestamps", health.repairedTimestamps())
            .put("droppedFrames", health.droppedFrames())
            .putArray("advice");
    health.advice().stream().limit(MOST_ADVICE).forEach(advice::add);
  }

  /// Reads what [#write] made; what is missing is 0.
  static StreamHealth read(JsonNode json) {
    List<String> advice = new ArrayList<>();
    json.path("advice").forEach(sentence -> advice.add(sentence.asText()));
    return new StreamHealth(
        json.path("videoBitrateBps").asLong(),
        json.path("audioBitrateBps").asLong(),
        json.path("frameRate").asDouble(),
        json.path("keyframeIntervalMs").asLong(),
        json.path("receivedBytes").asLong(),
        json.path("receivedFrames").asLong(),
        json.path("repairedTimestamps").asLong(),
        json.path("droppedFrames").asLong(),
        advice.subList(0, Math.min(advice.size(), MOST_ADVICE)));
  }
}
