package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class RtmpTimestampsTest {
  @Test
  void wrapOf32Bits_goesOn() {
    assertThat(unwrap(0xffff_ffd0L, 0xffff_fff0L, 0x10L, 0x30L))
        .containsExactly(0xffff_ffd0L, 0xffff_fff0L, 0x1_0000_0010L, 0x1_0000_0030L);
  }

  @Test
  void wrapOf31Bits_asFfmpegMakesIt_goesOn() {
    // FFmpeg 8.1.2: … 7fffffc8, 7ffffff0, 000000e8 (2147483632 -> 232)
    assertThat(unwrap(2_147_483_592L, 2_147_483_632L, 232L, 272L))
        .containsExactly(2_147_483_592L, 2_147_483_632L, 2_147_483_880L, 2_147_483_920L);
  }

  @Test
  void otherTrack_thatIsStillBeforeTheWrap_goesBackALittle() {
    assertThat(unwrap(2_147_483_632L, 232L, 2_147_483_640L, 240L))
        .containsExactly(2_147_483_632L, 2_147_483_880L, 2_147_483_640L, 2_147_483_888L);
    assertThat(unwrap(0xffff_fff0L, 0x10L, 0xffff_fff8L, 0x18L))
        .containsExactly(0xffff_fff0L, 0x1_0000_0010L, 0xffff_fff8L, 0x1_0000_0018L);
  }

  @Test
  void smallerSteps_areWhatTheySay() {
    assertThat(unwrap(10_000L, 0L, 1_000_000_000L)).containsExactly(10_000L, 0L, 1_000_000_000L);
  }

  @Test
  void monthsOfMedia_stayInOrder_withEitherMask() {
    Seeds.each(
        100,
        random -> {
          long mask = random.nextBoolean() ? 0xffff_ffffL : 0x7fff_ffffL;
          long start = random.nextLong(mask);
          RtmpTimestamps timestamps = new RtmpTimestamps();
          long time = start;
          for (int i = 0; i < 2_000; i++) {
            assertThat(timestamps.unwrap(time & mask) - start).isEqualTo(time - start);
            time += random.nextInt(10_000_000);
          }
        });
  }

  private static List<Long> unwrap(long... wire) {
    RtmpTimestamps timestamps = new RtmpTimestamps();
    return LongStream.of(wire).map(timestamps::unwrap).boxed().toList();
  }
}
