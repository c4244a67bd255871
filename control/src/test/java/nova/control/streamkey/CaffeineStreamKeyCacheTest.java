package nova.control.streamkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class CaffeineStreamKeyCacheTest extends StreamKeyCacheContract {
  private final FakeClock clock = new FakeClock();
  private final StreamKeyCache cache = new CaffeineStreamKeyCache(clock::nanoTime);

  @Override
  protected StreamKeyCache cache() {
    return cache;
  }

  @Test
  void key_isLoadedAgainAfterADay() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    clock.advance(Duration.ofHours(23));
    assertThat(find(Optional.empty())).isEqualTo(known);

    clock.advance(Duration.ofHours(2));

    assertThat(find(Optional.empty())).isEmpty();
  }
}
