package nova.app;

import static nova.app.SegmentReclaimer.ENOUGH_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentReclaimerTest {
  private long directBytes = 30;
  private long storedBytes = 20;
  private int collections;

  @Test
  void garbage_thatIsEnough_isCollectedOnceUntilThereIsAsMuchAgain() {
    try (SegmentReclaimer reclaimer =
        new SegmentReclaimer(() -> directBytes, () -> storedBytes, () -> collections++)) {
      reclaimer.look();
      directBytes += ENOUGH_BYTES - 1;
      reclaimer.look();
      assertThat(collections).isZero();

      directBytes += 1;
      reclaimer.look();
      assertThat(collections).isEqualTo(1);
      reclaimer.look(); // the collection freed nothing: sockets hold it
      assertThat(collections).isEqualTo(1);

      directBytes = 40;
      reclaimer.look();
      directBytes += ENOUGH_BYTES;
      reclaimer.look();
      assertThat(collections).isEqualTo(2);
    }
  }

  @Test
  void segmentsInTheStore_areNoGarbage() {
    try (SegmentReclaimer reclaimer =
        new SegmentReclaimer(() -> directBytes, () -> storedBytes, () -> collections++)) {
      reclaimer.look();
      directBytes += 2 * ENOUGH_BYTES;
      storedBytes += 2 * ENOUGH_BYTES;
      reclaimer.look();
    }
    assertThat(collections).isZero();
  }
}
