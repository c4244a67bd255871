package nova.backends.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import nova.backends.json.StreamHealthJson;
import nova.core.Bytes;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.ingest.publish.ClaimStatus;

/// A [ClaimStatus] as JSON.
final class ClaimStatusJson {
  private static final int LONGEST = 32 << 10;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ClaimStatusJson() {}

  static Bytes write(ClaimStatus status) {
    ObjectNode json = MAPPER.createObjectNode().put("state", status.state().name());
    status.lostAt().ifPresent(at -> json.put("lostAt", at.toString()));
    status.key().ifPresent(key -> json.put("key", key.toString()));
    json.set("health", StreamHealthJson.write(status.health()));
    return Bytes.ofUtf8(json.toString());
  }

  /// Reads what [#write] made; empty when it is anything else.
  static Optional<ClaimStatus> read(Bytes bytes) {
    if (bytes.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      JsonNode json = MAPPER.readTree(bytes.toByteArray());
      return Optional.of(
          new ClaimStatus(
              StreamState.valueOf(json.required("state").textValue()),
              Optional.ofNullable(json.path("lostAt").textValue()).map(Instant::parse),
              Optional.ofNullable(json.path("key").textValue())
                  .map(key -> new StreamKeyId(UUID.fromString(key))),
              StreamHealthJson.read(json.required("health"))));
    } catch (IOException | RuntimeException _) {
      return Optional.empty(); // no JSON, or a value that none of its kind can have
    }
  }
}
