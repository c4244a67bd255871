package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nova.core.StreamId;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class TakingPolicyTest {
  private static final StreamId ONE = new StreamId("one1");
  private static final StreamId TWO = new StreamId("two2");

  @Test
  void leastLoaded_takesAtOnce_andTheOthersOneAfterAnother() {
    NodeLoad idle = load("c", 0, 4);
    NodeLoad half = load("b", 2, 4);
    NodeLoad full = load("a", 4, 4);
    List<NodeLoad> all = List.of(idle, half, full);

    assertThat(TakingPolicy.delays(idle, all, List.of(ONE))).containsValue(Duration.ZERO);
    assertThat(TakingPolicy.delays(half, all, List.of(ONE))).containsValue(TakingPolicy.STEP);
    assertThat(TakingPolicy.delays(full, all, List.of(ONE)))
        .containsValue(TakingPolicy.STEP.multipliedBy(2));
  }

  @Test
  void shareOfTheCapacityCounts_notTheNumberOfStreams() {
    NodeLoad small = load("a", 1, 2);
    NodeLoad large = load("b", 4, 16);

    assertThat(TakingPolicy.delays(large, List.of(small), List.of(ONE)))
        .containsValue(Duration.ZERO);
  }

  @Test
  void streamsThatAreFreeTogether_areSpread() {
    NodeLoad first = load("a", 0, 4);
    NodeLoad second = load("b", 0, 4);

    assertThat(TakingPolicy.delays(first, List.of(first, second), List.of(ONE, TWO)).values())
        .containsExactly(Duration.ZERO, TakingPolicy.STEP);
    assertThat(TakingPolicy.delays(second, List.of(first, second), List.of(ONE, TWO)).values())
        .containsExactly(TakingPolicy.STEP, Duration.ZERO);
  }

  @Test
  void everyStream_isDealtToExactlyOneNode() {
    Seeds.each(
        300,
        random -> {
          List<NodeLoad> nodes =
              IntStream.rangeClosed(0, random.nextInt(6))
                  .mapToObj(i -> load("n" + i, random.nextInt(9), 1 + random.nextInt(8)))
                  .toList();
          List<StreamId> free =
              IntStream.range(0, random.nextInt(20))
                  .mapToObj(i -> new StreamId("free" + i))
                  .toList();
          List<StreamId> atOnce = new ArrayList<>();
          for (NodeLoad node : nodes) {
            TakingPolicy.delays(node, nodes, free)
                .forEach(
                    (stream, delay) -> {
                      if (delay.isZero()) {
                        atOnce.add(stream);
                      }
                    });
          }
          assertThat(atOnce).containsExactlyInAnyOrderElementsOf(free);
        });
  }

  private static NodeLoad load(String node, int streams, int capacity) {
    return new NodeLoad(new NodeId(node), streams, capacity);
  }
}
