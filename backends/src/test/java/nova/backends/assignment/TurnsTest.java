package nova.backends.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nova.backends.redis.NodeId;
import nova.backends.redis.NodeLoad;
import nova.backends.redis.TakingPolicy;
import nova.core.StreamId;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final StreamId ONE = new StreamId("stream1");
  private static final StreamId TWO = new StreamId("stream2");

  private final FakeClock clock = new FakeClock();
  private final Turns turns = new Turns(clock::nanoTime);
  private final NodeLoad busy = new NodeLoad(new NodeId("busy"), 3, 10);
  private final NodeLoad idle = new NodeLoad(new NodeId("idle"), 0, 10);

  @Test
  void nodeWithTheLeastToDo_isFirst_andTheNextWaits() {
    assertThat(turns.due(idle, List.of(busy), List.of(ONE))).containsExactly(ONE);

    assertThat(turns.due(busy, List.of(idle), List.of(ONE, TWO))).isEmpty();
    assertThat(turns.untilNext()).isEqualTo(TakingPolicy.STEP);
    clock.advance(TakingPolicy.STEP.minusMillis(1));
    assertThat(turns.due(busy, List.of(idle), List.of(ONE, TWO))).isEmpty();
    assertThat(turns.untilNext()).isEqualTo(Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));
    assertThat(turns.due(busy, List.of(idle), List.of(ONE, TWO))).containsExactly(ONE, TWO);
  }

  @Test
  void streamThatWasTakenInBetween_isFreeFromWhenItIsLeft() {
    assertThat(turns.due(busy, List.of(idle), List.of(ONE))).isEmpty();
    assertThat(turns.due(busy, List.of(idle), List.of())).isEmpty();
    clock.advance(TakingPolicy.STEP);

    assertThat(turns.due(busy, List.of(idle), List.of(ONE))).isEmpty();
    clock.advance(TakingPolicy.STEP);
    assertThat(turns.due(busy, List.of(idle), List.of(ONE))).containsExactly(ONE);
  }

  @Test
  void whenNothingIsKnown_nobodyWaitsForATurn_andWaitingBeginsAnew() {
    assertThat(turns.untilNext()).as("before anything was known").isGreaterThan(TakingPolicy.STEP);
    assertThat(turns.due(busy, List.of(idle), List.of(ONE))).isEmpty();
    clock.advance(TakingPolicy.STEP);
    turns.forget();

    assertThat(turns.untilNext()).isGreaterThan(TakingPolicy.STEP);
    assertThat(turns.due(busy, List.of(idle), List.of(ONE))).isEmpty();
  }
}
