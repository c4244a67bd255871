package nova.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.app.error.StartupException;
import nova.core.DataSize;
import nova.segments.SegmentStoreConfig;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
  @Test
  void segments_that_fit_are_accepted() {
    assertThatCode(() -> DirectMemory.require(SegmentStoreConfig.defaults(), 1L << 30))
        .doesNotThrowAnyException();
  }

  @Test
  void segments_that_cannot_fit_are_explained() {
    SegmentStoreConfig large = new SegmentStoreConfig(DataSize.ofMiB(2048), DataSize.ofMiB(64));

    assertThatThrownBy(() -> DirectMemory.require(large, 1L << 30))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "segments.memory 2GiB needs 2176MiB outside the Java heap and the JVM allows 1GiB"
                + " (expected: less segments.memory, or JAVA_OPTS=-XX:MaxDirectMemorySize=2176m)");
  }

  @Test
  void cacheThatDoesNotFitTheHeap_isRefusedWithWhatToDo() {
    DirectMemory.requireHeap(DataSize.ofMiB(512), 640L << 20);

    assertThatThrownBy(() -> DirectMemory.requireHeap(DataSize.ofMiB(512), 410L << 20))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("segments.memory 512MiB needs 640MiB of Java heap")
        .hasMessageContaining("JAVA_OPTS=-Xmx640m");
  }
}
