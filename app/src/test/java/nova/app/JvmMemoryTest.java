package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nova.app.error.StartupException;
import nova.backends.kafka.KafkaConfig;
import nova.core.DataSize;
import nova.segments.SegmentStoreConfig;
import org.junit.jupiter.api.Test;

class JvmMemoryTest {
  @Test
  void segments_that_fit_are_accepted() {
    assertThatCode(() -> JvmMemory.require(SegmentStoreConfig.defaults(), 1L << 30))
        .doesNotThrowAnyException();
  }

  @Test
  void segments_that_cannot_fit_are_explained() {
    SegmentStoreConfig large = new SegmentStoreConfig(DataSize.ofMiB(2048), DataSize.ofMiB(64));

    assertThatThrownBy(() -> JvmMemory.require(large, 1L << 30))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "segments.memory 2GiB needs 2176MiB outside the Java heap and the JVM allows 1GiB"
                + " (expected: less segments.memory, or JAVA_OPTS=-XX:MaxDirectMemorySize=2176m)");
  }

  @Test
  void cacheThatDoesNotFitTheHeap_isRefusedWithWhatToDo() {
    JvmMemory.requireHeap(DataSize.ofMiB(512), 640L << 20);

    assertThatThrownBy(() -> JvmMemory.requireHeap(DataSize.ofMiB(512), 410L << 20))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("segments.memory 512MiB needs 640MiB of Java heap")
        .hasMessageContaining("JAVA_OPTS=-Xmx640m");
  }

  @Test
  void whatWaitsForKafka_fitsTheHeapThatIngestIsShippedWith() throws IOException {
    assertThat(Files.readString(Path.of("../deploy/compose/compose.yaml")))
        .contains("mem_limit: ${INGEST_MEMORY:-1g}");
    assertThat(Files.readString(Path.of("../tools/jvm-flags"))).contains("-XX:MaxRAMPercentage=40");

    assertThatCode(() -> JvmMemory.requireHeap(KafkaConfig.defaults(), (long) (0.4 * (1L << 30))))
        .doesNotThrowAnyException();
  }

  @Test
  void whatWaitsForKafka_andDoesNotFitTheHeap_isRefusedWithWhatToDo() {
    assertThatThrownBy(() -> JvmMemory.requireHeap(KafkaConfig.defaults(), 256L << 20))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "kafka.in-flight 128MiB and kafka.event-memory 8MiB, each twice, need 400MiB of Java"
                + " heap here and the JVM allows 256MiB (expected: less of them, or"
                + " JAVA_OPTS=-Xmx400m)");
  }
}
