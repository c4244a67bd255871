package nova.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTestCommandTest {
  private static final Outcome FINE = new Outcome("stall 0.5 s", List.of(), true);
  private static final Outcome WRONG = new Outcome("stall 50 s", List.of("too long"), true);
  private static final Outcome NOT_TRIED = Outcome.notTried("libfaketime is not installed");

  @Test
  void whatWasNotTried_isNotAmongWhatCameOutAsExpected() {
    assertThat(NOT_TRIED.verdict()).isEqualTo("not tried");
    assertThat(ClusterTestCommand.summary(List.of(FINE, NOT_TRIED, FINE)))
        .isEqualTo("2 of 3 failures came out as expected, 1 not tried");
    assertThat(ClusterTestCommand.summary(List.of(FINE, NOT_TRIED, WRONG)))
        .isEqualTo("1 of 3 failures did not come out as expected, 1 not tried");
    assertThat(ClusterTestCommand.summary(List.of(FINE)))
        .isEqualTo("all 1 failures came out as expected");
  }
}
