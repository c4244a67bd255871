package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class InProcessViewerRegistryTest extends ViewerRegistryContract {
  private final FakeClock clock = new FakeClock();
  private final InProcessViewerRegistry registry =
      new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault());

  @Override
  protected ViewerRegistry registry() {
    return registry;
  }

  @Override
  protected void awaitCount(StreamId stream, ViewerCount count) {
    assertThat(registry.count(stream)).isEqualTo(count);
  }

  @Override
  protected void letMostOfTheTimePass() {
    clock.advance(ViewerRegistry.KEPT.minusNanos(1));
  }

  @Test
  void viewer_isKept_forTwentySeconds() {
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    clock.advance(Duration.ofSeconds(20).minusNanos(1));
    registry.seen(Map.of(), changes::add);
    assertThat(registry.count(STREAM).total()).isEqualTo(1);

    clock.advance(Duration.ofNanos(1));
    registry.seen(Map.of(), changes::add);
    assertThat(registry.count(STREAM)).isEqualTo(ViewerCount.NONE);
  }

  @Test
  void whoLeft_isToldToHaveWatched_fromTheFirstTimeToTheLast() {
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    for (int i = 0; i < 6; i++) {
      clock.advance(Duration.ofSeconds(10));
      registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    }
    clock.advance(Duration.ofSeconds(20));
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);

    assertThat(changes)
        .containsExactly(
            new ViewerChange.Came(STREAM, NAMED),
            new ViewerChange.Left(STREAM, NAMED, Duration.ofSeconds(60)),
            new ViewerChange.Came(STREAM, NAMED));
  }

  @Test
  void streamThatNobodyWatchesAnyMore_takesNoMemory() {
    registry.seen(Map.of(STREAM, List.of(NAMED), OTHER, List.of(NAMED)), changes::add);
    assertThat(registry.size()).isEqualTo(2);

    clock.advance(ViewerRegistry.KEPT);
    registry.seen(Map.of(), changes::add);

    assertThat(registry.size()).isZero();
  }

  @Test
  void salt_isAnotherOneTheNextDay() {
    Bytes today = registry.salt();
    clock.advance(Duration.ofHours(8).minusSeconds(1)); // it was 16:00
    assertThat(registry.salt()).isEqualTo(today);

    clock.advance(Duration.ofSeconds(1));
    assertThat(registry.salt()).isNotEqualTo(today);
  }
}
