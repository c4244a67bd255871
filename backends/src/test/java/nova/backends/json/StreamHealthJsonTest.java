package nova.backends.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import nova.core.StreamHealth;
import org.junit.jupiter.api.Test;

class StreamHealthJsonTest {
  @Test
  void health_writtenAndRead_isItself() {
    StreamHealth health = health(List.of("Set „two“ seconds.", "\"no\" sound"));

    assertThat(StreamHealthJson.read(StreamHealthJson.write(health))).isEqualTo(health);
  }

  @Test
  void whatIsMissing_isZero() {
    assertThat(StreamHealthJson.read(JsonNodeFactory.instance.objectNode()))
        .isEqualTo(StreamHealth.NOTHING);
  }

  @Test
  void fieldOfAnotherKind_isRefused() {
    assertThatThrownBy(() -> StreamHealthJson.read(JsonNodeFactory.instance.numberNode(7)))
        .isInstanceOf(IllegalArgumentException.class);
    for (String field : List.of("videoBitrateBps", "frameRate", "droppedFrames", "advice")) {
      ObjectNode json = StreamHealthJson.write(health(List.of())).put(field, "much");
      assertThatThrownBy(() -> StreamHealthJson.read(json))
          .as(field)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(field);
    }
  }

  @Test
  void advice_isBounded() {
    ObjectNode written = StreamHealthJson.write(health(Collections.nCopies(1_000, "set 2 s")));
    assertThat(written.get("advice")).hasSize(50);

    for (int i = 0; i < 1_000; i++) {
      written.withArray("advice").add("set 2 s");
    }
    assertThat(StreamHealthJson.read(written).advice()).hasSize(50);
  }

  private static StreamHealth health(List<String> advice) {
    return new StreamHealth(3_000_000_000L, 128_000, 29.97, 2_002, 1L << 40, 900, 3, 2, advice);
  }
}
