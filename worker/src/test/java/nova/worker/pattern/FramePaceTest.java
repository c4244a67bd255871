package nova.worker.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FramePaceTest {
  private static final long START = 7_000_000_000L;
  private static final long MS = 1_000_000;

  @Test
  void framesInTime_followOneAnother() {
    FramePace pace = new FramePace(30, START);

    for (long n = 0; n < 100; n++) {
      long frame = pace.next(START + pace.timeNs(n) - 20 * MS);
      assertThat(frame).isEqualTo(n);
    }
    assertThat(pace.waitNs(60, START + 1_990 * MS)).isEqualTo(10 * MS);
  }

  @Test
  void frameThatIsLateByLessThanItsTime_isDrawn() {
    FramePace pace = new FramePace(30, START);
    assertThat(pace.next(START)).isZero();

    assertThat(pace.next(START + 60 * MS)).isEqualTo(1);
    assertThat(pace.waitNs(1, START + 60 * MS)).isNegative();
  }

  @Test
  void framesThatNobodyHadTimeFor_areLeftOut_andTimesStayTrue() {
    FramePace pace = new FramePace(30, START);
    assertThat(pace.next(START)).isZero();

    long frame = pace.next(START + 10_050 * MS);

    assertThat(frame).isEqualTo(301);
    assertThat(pace.timeNs(frame)).isBetween(10_033 * MS, 10_034 * MS);
    assertThat(pace.next(START + 10_050 * MS)).isEqualTo(302);
  }

  @Test
  void numbersAndTimes_agreeForEveryRateAndForYears() {
    for (int rate = 1; rate <= 120; rate++) {
      for (long frame : new long[] {0, 1, 59, 60L * rate + 1, 3L * 365 * 86_400 * rate + 7}) {
        FramePace pace = new FramePace(rate, START);
        assertThat(pace.next(START + pace.timeNs(frame))).as("rate %d", rate).isEqualTo(frame);
      }
    }
  }
}
