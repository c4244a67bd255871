package nova.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {
  @Test
  void pauses_ofALogOfG1_areThoseThatStopTheApplication(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("gc.log"),
            """
            [0.008s][info][gc] Using G1
            [0.414s][info][gc] GC(0) Pause Young (Concurrent Start) (Metadata GC Threshold) 12M->4M(64M) 3.512ms
            [0.414s][info][gc] GC(1) Concurrent Mark Cycle
            [0.420s][info][gc] GC(1) Pause Remark 5M->5M(64M) 0.812ms
            [0.425s][info][gc] GC(1) Concurrent Mark Cycle 10.611ms
            [9.001s][info][gc] GC(2) Pause Young (Normal) (G1 Evacuation Pause) 40M->9M(64M) 1.250ms
            """);
    GcLog log = new GcLog(file);
    assertThat(log.pauses())
        .containsExactly(
            new GcLog.Pause(3.512, 4), new GcLog.Pause(0.812, 5), new GcLog.Pause(1.25, 9));
    assertThat(log.heapAfterLastPauseMib()).hasValue(9);
  }
}
