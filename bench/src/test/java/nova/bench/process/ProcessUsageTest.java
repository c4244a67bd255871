package nova.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
  @Test
  void of_thisProcess_countsItsMemoryAndItsTime() throws IOException {
    ProcessUsage usage = ProcessUsage.of(ProcessHandle.current());
    assertThat(usage.cpuNanos()).isPositive();
    assertThat(usage.residentMib()).isBetween(10.0, 100_000.0);
  }

  @Test
  void percentOfCoreSince_oneSecondOfCpuInTwo_isHalfACore() {
    ProcessUsage before = new ProcessUsage(0, 0, 0);
    ProcessUsage after = new ProcessUsage(2_000_000_000, 1_000_000_000, 0);
    assertThat(after.percentOfCoreSince(before)).isEqualTo(50.0);
  }
}
