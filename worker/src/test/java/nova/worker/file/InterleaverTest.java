package nova.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import nova.core.Bytes;
import org.junit.jupiter.api.Test;

class InterleaverTest {
  private final Interleaver order = new Interleaver(EnumSet.allOf(TrackKind.class));
  private final List<Long> out = new ArrayList<>();

  @Test
  void tracksThatComeInPieces_leaveInTheOrderOfTheirTimes() {
    for (long at : List.of(0, 40, 80, 120)) {
      add(TrackKind.VIDEO, at);
    }
    assertThat(out).isEmpty(); // sound may be earlier
    for (long at : List.of(-20, 20, 60, 100, 140)) {
      add(TrackKind.AUDIO, at);
    }
    assertThat(out).containsExactly(-20L, 0L, 20L, 40L, 60L, 80L, 100L, 120L);

    drain(true);

    assertThat(out).endsWith(140L).hasSize(9);
  }

  @Test
  void trackThatIsSilentForLong_isNotWaitedForWithoutLimit() {
    Bytes large = Bytes.wrap(new byte[8 << 20]);
    for (int i = 0; i < 20; i++) {
      order.add(new FilePacket(TrackKind.VIDEO, i, i, i + 1, true, large, Bytes.EMPTY));
      drain(false);
    }

    assertThat(out).hasSizeGreaterThan(10).isSorted();
  }

  private void add(TrackKind kind, long at) {
    order.add(new FilePacket(kind, at, at, at + 20, true, Bytes.ofHex("00"), Bytes.EMPTY));
    drain(false);
  }

  private void drain(boolean ended) {
    for (FilePacket next = order.next(ended); next != null; next = order.next(ended)) {
      out.add(next.dtsNs());
    }
  }
}
