package nova.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.core.DataSize;
import org.junit.jupiter.api.Test;

class InMemorySegmentStoreTest extends SegmentStoreContract {
  @Override
  protected InMemorySegmentStore newStore(long memoryBytes, long memoryPerStreamBytes) {
    return new InMemorySegmentStore(
        new SegmentStoreConfig(new DataSize(memoryBytes), new DataSize(memoryPerStreamBytes)));
  }

  @Test
  void evictions_areCounted() {
    InMemorySegmentStore store = newStore(1 << 20, 1 << 20);
    for (long number = 0; number < 12; number++) {
      put(store, key(number), 100_000);
    }

    assertThat(store.evictedSegments()).isEqualTo(2);
    assertThat(store.evictedBytes()).isEqualTo(200_000);
  }

  @Test
  void capsThatContradict_areRefusedWithASentence() {
    assertThatThrownBy(() -> new SegmentStoreConfig(DataSize.ofMiB(1), DataSize.ofMiB(2)))
        .hasMessage("segment memory 1MiB (expected: >= memory-per-stream 2MiB)");
  }
}
