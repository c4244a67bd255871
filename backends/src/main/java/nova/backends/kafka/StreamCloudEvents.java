package nova.backends.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import nova.backends.json.Fields;
import nova.core.StreamEvent;
import nova.core.StreamId;

/// [StreamEvent]s as the bytes of CloudEvents, in the JSON format, structured mode.
///
/// | attribute | is |
/// |---|---|
/// | `id` | a number of the process and a number of its event |
/// | `source` | `/nova/` and the name of the node |
/// | `type` | the event's kind, such as `StreamStarted` |
/// | `subject` | the stream |
/// | `time` | when it happened |
/// | `dataschema` | what the data looks like; another number is something else |
/// | `data` | see [StreamEventJson] |
///
/// Spec: CloudEvents 1.0 §3.1 (attributes), JSON Event Format for CloudEvents 1.0 §3.
/// *Thread-safe.*
final class StreamCloudEvents {
  static final String SCHEMA = "urn:nova:stream-event:1";

  /// No event is larger.
  static final int MAX_BYTES = 256 << 10;

  private static final String SPEC_VERSION = "1.0";

  private final ObjectMapper json = new ObjectMapper();
  private final String source;
  private final String process;
  private final AtomicLong count = new AtomicLong();

  /// @param node name of this process
  /// @param process a number that no other process has
  StreamCloudEvents(String node, long process) {
    this.source = "/nova/" + node;
    this.process = Long.toHexString(process) + "-";
  }

  /// What became of bytes.
  sealed interface Outcome {
    /// An event of another process.
    record Event(StreamEvent event) implements Outcome {}

    /// One of this process.
    record Own() implements Outcome {}

    /// Of a kind or version that is not known here.
    record Unknown() implements Outcome {}

    /// Not an event.
    record Corrupt(String why) implements Outcome {}
  }

  byte[] write(StreamEvent event) {
    ObjectNode envelope =
        json.createObjectNode()
            .put("specversion", SPEC_VERSION)
            .put("id", process + count.incrementAndGet())
            .put("source", source)
            .put("type", StreamEventJson.type(event))
            .put("subject", event.stream().value())
            .put("time", event.at().toString())
            .put("datacontenttype", "application/json")
            .put("dataschema", SCHEMA);
    envelope.set("data", StreamEventJson.write(event));
    try {
      return json.writeValueAsBytes(envelope);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written as JSON", e);
    }
  }

  Outcome read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new Outcome.Corrupt("%d bytes (expected: <= %d)".formatted(bytes.length, MAX_BYTES));
    }
    try {
      JsonNode parsed = json.readTree(bytes);
      return read(new Fields(parsed));
    } catch (IOException e) {
      return new Outcome.Corrupt("not JSON");
    } catch (IllegalArgumentException e) {
      return new Outcome.Corrupt(String.valueOf(e.getMessage()));
    }
  }

  private Outcome read(Fields envelope) {
    if (!envelope.text("specversion").equals(SPEC_VERSION)) {
      return new Outcome.Unknown();
    }
    if (envelope.text("id").startsWith(process)) {
      return new Outcome.Own();
    }
    if (!envelope.has("dataschema") || !envelope.text("dataschema").equals(SCHEMA)) {
      return new Outcome.Unknown();
    }
    return StreamEventJson.read(
            envelope.text("type"),
            new StreamId(envelope.text("subject")),
            envelope.instant("time"),
            envelope.fields("data").json())
        .<Outcome>map(Outcome.Event::new)
        .orElseGet(Outcome.Unknown::new);
  }
}
