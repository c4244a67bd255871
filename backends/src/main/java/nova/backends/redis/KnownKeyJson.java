package nova.backends.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.channel.ChannelId;
import nova.control.streamkey.ChannelKey;
import nova.control.streamkey.KeyUse;
import nova.control.streamkey.KnownKey;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// A [KnownKey] as JSON, without the hash of its secret, under which it is found.
final class KnownKeyJson {
  private static final int FORMAT = 1;
  private static final int LONGEST = 16 << 10;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private KnownKeyJson() {}

  static Bytes write(KnownKey known) {
    ChannelKey key = known.key();
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("format", FORMAT)
            .put("id", key.id().toString())
            .put("channel", key.channel().toString())
            .put("label", key.label())
            .put("createdAt", key.createdAt().toString())
            .put("slug", known.channel().value());
    ArrayNode networks = json.putArray("allowedNetworks");
    key.allowedNetworks().forEach(networks::add);
    key.expiresAt().ifPresent(at -> json.put("expiresAt", at.toString()));
    key.revokedAt().ifPresent(at -> json.put("revokedAt", at.toString()));
    key.lastUse()
        .ifPresent(use -> json.put("usedAt", use.at().toString()).put("usedFrom", use.address()));
    known.prepared().ifPresent(stream -> json.put("prepared", stream.value()));
    return Bytes.ofUtf8(json.toString());
  }

  /// Reads what [#write] made; empty when it is anything else, such as of another release.
  static Optional<KnownKey> read(Bytes sha256, Bytes bytes) {
    if (bytes.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      JsonNode json = MAPPER.readTree(bytes.toByteArray());
      return json.path("format").asInt() == FORMAT
          ? Optional.of(known(sha256, json))
          : Optional.empty();
    } catch (JsonProcessingException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not of bytes that are at hand
    } catch (RuntimeException _) {
      return Optional.empty(); // a value that none of its kind can have
    }
  }

  private static KnownKey known(Bytes sha256, JsonNode json) {
    List<String> networks = new ArrayList<>();
    json.required("allowedNetworks").forEach(network -> networks.add(network.textValue()));
    ChannelKey key =
        new ChannelKey(
            new StreamKeyId(UUID.fromString(text(json, "id"))),
            new ChannelId(UUID.fromString(text(json, "channel"))),
            sha256,
            text(json, "label"),
            networks,
            Instant.parse(text(json, "createdAt")),
            optional(json, "expiresAt").map(Instant::parse),
            optional(json, "revokedAt").map(Instant::parse),
            optional(json, "usedAt")
                .map(at -> new KeyUse(Instant.parse(at), text(json, "usedFrom"))));
    return new KnownKey(
        key, new ChannelSlug(text(json, "slug")), optional(json, "prepared").map(StreamId::new));
  }

  private static String text(JsonNode json, String field) {
    return json.required(field).textValue();
  }

  private static Optional<String> optional(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue());
  }
}
