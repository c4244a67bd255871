package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.segments.TimelineStore.Registration;
import org.junit.jupiter.api.Test;

class InMemoryTimelineStoreTest extends TimelineStoreContract {
  private final List<Throwable> failures = new ArrayList<>();

  @Override
  protected TimelineStore newStore() {
    return new InMemoryTimelineStore((_, failure) -> failures.add(failure));
  }

  @Test
  void listenerThatThrows_isReported_andTheOthersStillLearn() {
    TimelineStore store = newStore();
    List<TimelineSnapshot> told = new ArrayList<>();
    IllegalStateException failure = new IllegalStateException("a bug");
    Registration _ =
        store.listen(
            _ -> {
              throw failure;
            });
    Registration _ = store.listen(told::add);

    assertThat(store.put(snapshot(STREAM, 1, Instant.EPOCH))).isTrue();

    assertThat(failures).containsExactly(failure);
    assertThat(told).hasSize(1);
  }

  @Test
  void listenerThatLacksMemory_isReported_andThePublisherGoesOn() {
    TimelineStore store = newStore();
    OutOfMemoryError failure =
        new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
    Registration _ =
        store.listen(
            _ -> {
              throw failure;
            });

    assertThat(store.put(snapshot(STREAM, 1, Instant.EPOCH))).isTrue();

    assertThat(failures).containsExactly(failure);
  }
}
