package nova.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.Timescale;
import nova.framelog.pipe.WorkerProgress;
import org.junit.jupiter.api.Test;

class ProgressMeterTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong now = new AtomicLong(5 * SECOND);
  private final ProgressMeter meter = new ProgressMeter(now::get);

  private void pictures(long fromPts, int count) {
    for (int i = 0; i < count; i++) {
      meter.picture(fromPts + i * 3_000L, Timescale.VIDEO);
    }
  }

  private void assertReport(long pictures, double speed) {
    WorkerProgress report = Objects.requireNonNull(meter.due(0, List.of(), 0, 4));
    assertThat(report.pictures()).isEqualTo(pictures);
    assertThat(report.speed()).isCloseTo(speed, within(1e-9));
  }

  @Test
  void report_isDueOnceASecond() {
    assertThat(meter.due(0, List.of(), 0, 4)).isNull();
    now.addAndGet(SECOND);
    assertThat(meter.due(1, List.of(), 2, 4)).isEqualTo(new WorkerProgress(0, 1, 0, 0, 2, 4));
    assertThat(meter.due(0, List.of(), 0, 4)).isNull();
  }

  @Test
  void speed_isMediaTimePerTimeSinceTheLastReport() {
    pictures(0, 61);
    now.addAndGet(SECOND);
    assertReport(61, 2.0);
    pictures(61 * 3_000L, 15);
    now.addAndGet(2 * SECOND);
    assertReport(76, 0.25);
  }

  @Test
  void pauseOfTheSource_isNoSpeed() {
    pictures(0, 31);
    meter.gap();
    pictures(90_000 * 3_600, 1);
    now.addAndGet(SECOND);
    assertReport(32, 1.0);
  }

  @Test
  void busyShare_isThatOfTheBusiestThread_sinceTheLastReport() {
    BusyMeter idle = new BusyMeter(now::get);
    BusyMeter busy = new BusyMeter(now::get);
    busy.resume();
    now.addAndGet(3 * SECOND / 4);
    busy.pause();
    now.addAndGet(SECOND / 4);
    assertThat(Objects.requireNonNull(meter.due(0, List.of(idle, busy), 0, 4)).busyShare())
        .isEqualTo(0.75);
    now.addAndGet(SECOND);
    assertThat(Objects.requireNonNull(meter.due(0, List.of(idle, busy), 0, 4)).busyShare())
        .isZero();
  }
}
