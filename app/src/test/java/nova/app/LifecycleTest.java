package nova.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void what_was_opened_last_is_closed_first_and_once() {
    Lifecycle lifecycle = new Lifecycle();
    AutoCloseable _ = lifecycle.own("a", () -> closed.add("a"));
    AutoCloseable _ = lifecycle.own("b", () -> closed.add("b"));

    lifecycle.close();
    lifecycle.close();

    assertThat(closed).containsExactly("b", "a");
    assertThat(lifecycle.isClosing()).isTrue();
  }

  @Test
  void a_failure_does_not_stop_the_rest() {
    Lifecycle lifecycle = new Lifecycle();
    AutoCloseable _ = lifecycle.own("a", () -> closed.add("a"));
    AutoCloseable _ =
        lifecycle.own(
            "b",
            () -> {
              throw new IllegalStateException("on purpose");
            });

    lifecycle.close();

    assertThat(closed).containsExactly("a");
  }

  @Test
  void what_comes_too_late_is_closed_at_once() {
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.close();

    AutoCloseable _ = lifecycle.own("late", () -> closed.add("late"));

    assertThat(closed).containsExactly("late");
  }
}
