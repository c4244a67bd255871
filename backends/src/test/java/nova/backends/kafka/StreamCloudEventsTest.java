package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nova.backends.kafka.StreamCloudEvents.Outcome;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamHealth;
import nova.testkit.FuzzTarget;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class StreamCloudEventsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StreamCloudEvents here = new StreamCloudEvents("ingest-1", 0xabcdL);
  private final StreamCloudEvents there = new StreamCloudEvents("delivery-1", 7);

  @Test
  void everyKind_butMeasurements_writtenAndRead_isItself() {
    Set<Class<?>> kinds = new HashSet<>(Set.of(StreamMeasured.class));
    for (StreamEvent event : StreamEventSamples.sent()) {
      kinds.add(event.getClass());
      assertThat(there.read(here.write(event))).isEqualTo(new Outcome.Event(event));
    }
    assertThat(kinds).containsExactlyInAnyOrderElementsOf(kindsOf(StreamEvent.class));
  }

  private static List<Class<?>> kindsOf(Class<?> type) {
    return type.isRecord()
        ? List.of(type)
        : Stream.of(type.getPermittedSubclasses()).flatMap(one -> kindsOf(one).stream()).toList();
  }

  @Test
  void measurement_isNotWritten() {
    StreamMeasured measured =
        new StreamMeasured(StreamEventSamples.STREAM, StreamEventSamples.AT, StreamHealth.NOTHING);

    assertThatThrownBy(() -> here.write(measured))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a measurement is no event of the log");
  }

  @Test
  void events_lookAsTheyAlwaysDid() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (StreamEvent event : StreamEventSamples.sent()) {
      lines.append(new String(here.write(event), StandardCharsets.UTF_8)).append('\n');
    }
    Golden.assertMatches("kafka/stream-events.jsonl", lines.toString());
  }

  @Test
  void envelope_hasTheAttributesOfACloudEvent() throws Exception {
    JsonNode first = JSON.readTree(here.write(StreamEventSamples.sent().getFirst()));
    JsonNode second = JSON.readTree(here.write(StreamEventSamples.sent().getFirst()));

    assertThat(first.get("specversion").textValue()).isEqualTo("1.0");
    assertThat(first.get("source").textValue()).isEqualTo("/nova/ingest-1");
    assertThat(first.get("type").textValue()).isEqualTo("StreamStarted");
    assertThat(first.get("subject").textValue()).isEqualTo("abcdefgh");
    assertThat(first.get("time").textValue()).isEqualTo("2026-11-22T16:00:00.123456789Z");
    assertThat(first.get("id")).isNotEqualTo(second.get("id"));
  }

  @Test
  void onesOwnEvents_areKnown() {
    byte[] own = here.write(StreamEventSamples.sent().getFirst());
    assertThat(here.read(own)).isEqualTo(new Outcome.Own());
  }

  @Test
  void otherKindsAndVersions_areUnknown() {
    for (String type : List.of("StreamPainted", "StreamMeasured")) {
      assertThat(changed(event -> event.put("type", type))).isEqualTo(new Outcome.Unknown());
    }
    assertThat(changed(event -> event.put("specversion", "2.0"))).isEqualTo(new Outcome.Unknown());
    assertThat(changed(event -> event.put("dataschema", "urn:nova:stream-event:2")))
        .isEqualTo(new Outcome.Unknown());
    assertThat(changed(event -> event.remove("dataschema"))).isEqualTo(new Outcome.Unknown());
  }

  @Test
  void fieldsThatAreNotKnown_areIgnored() {
    assertThat(
            changed(
                event -> {
                  event.put("traceparent", "00");
                  ((ObjectNode) event.get("data")).put("colour", "red");
                }))
        .isInstanceOf(Outcome.Event.class);
  }

  @Test
  void damage_isRefused() {
    assertThat(changed(event -> event.remove("subject"))).isInstanceOf(Outcome.Corrupt.class);
    assertThat(changed(event -> event.put("subject", "NO ID"))).isInstanceOf(Outcome.Corrupt.class);
    assertThat(changed(event -> event.put("time", "noon"))).isInstanceOf(Outcome.Corrupt.class);
    assertThat(changed(event -> event.put("data", 7))).isInstanceOf(Outcome.Corrupt.class);
    assertThat(changed(event -> ((ObjectNode) event.get("data")).put("channel", 7)))
        .isEqualTo(new Outcome.Corrupt("channel (expected: a text)"));
    assertThat(there.read(new byte[0])).isInstanceOf(Outcome.Corrupt.class);
    assertThat(there.read("[1]".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Outcome.Corrupt.class);
    assertThat(there.read(new byte[StreamCloudEvents.MAX_BYTES + 1]))
        .isInstanceOf(Outcome.Corrupt.class);
  }

  @Test
  void anyBytes_areReadOrRefused_withinBounds() {
    List<ByteBuffer> seeds = new ArrayList<>();
    for (StreamEvent event : StreamEventSamples.sent()) {
      seeds.add(ByteBuffer.wrap(here.write(event)));
    }
    new FuzzTarget(
            "stream-event",
            seeds,
            400,
            bytes -> {
              if (there.read(bytes) instanceof Outcome.Corrupt(String why)) {
                assertThat(why).isNotBlank();
              }
            })
        .attackWithDamage(3_000);
  }

  private Outcome changed(Consumer<ObjectNode> change) {
    try {
      ObjectNode event =
          (ObjectNode) JSON.readTree(here.write(StreamEventSamples.sent().getFirst()));
      change.accept(event);
      return there.read(JSON.writeValueAsBytes(event));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
