package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.SegmentKey;
import org.junit.jupiter.api.Test;

class RedisShelfTest {
  private final RedisShelf shelf = new RedisShelf();

  private static SegmentKey key(String rendition, long number) {
    return new SegmentKey(
        new StreamId("stream1"), new RenditionId(rendition), new Epoch(0), number);
  }

  @Test
  void takeOlder_takesTheOldestCompleteOnes_orNoneWhenThatWouldNotDo() {
    shelf.put(key("source", 1), 2, true, 100, false);
    shelf.put(key("480p", 1), 2, false, 50, true);
    shelf.put(key("source", 2), 2, true, 100, false);
    shelf.put(key("source", 5), 2, true, 100, true);

    assertThat(shelf.takeOlder(4, 350)).as("there is room").isEmpty();
    assertThat(shelf.takeOlder(4, 149)).as("all of them would not do").isEmpty();
    assertThat(shelf.bytes()).isEqualTo(350);

    assertThat(shelf.takeOlder(4, 250)).containsExactly(key("source", 1));
    assertThat(shelf.bytes()).isEqualTo(250);
    assertThat(shelf.takeOlder(4, 150)).containsExactly(key("source", 2));
  }
}
