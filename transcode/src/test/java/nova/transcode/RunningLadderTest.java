package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class RunningLadderTest {
  private static final Rung LOW =
      new Rung(new RenditionId("480p"), 854, 480, 2, 1_500_000, 1_650_000);
  private static final AudioRung SOUND = new AudioRung(new RenditionId("aac"), 48_000, 2, 128_000);

  private static final RunningLadder WHOLE =
      new RunningLadder(
          new LadderPlan(true, SOUND, List.of(LOW), "the source is its own top rung – überall"),
          SyntheticBroadcast.usual(1).videoFormat(),
          30_000 / 1001.0,
          EncoderPreset.SUPERFAST,
          List.of(LOW.withBitrate(2_000_000, 2_200_000)));

  private static final RunningLadder SOUND_ALONE =
      new RunningLadder(
          new LadderPlan(true, SOUND, List.of(), "the stream has no video"),
          null,
          0,
          EncoderPreset.VERYFAST,
          List.of());

  @Test
  void ladder_isReadAsItWasWritten() {
    assertThat(RunningLadder.read(WHOLE.toBytes())).isEqualTo(WHOLE);
    assertThat(RunningLadder.read(SOUND_ALONE.toBytes())).isEqualTo(SOUND_ALONE);
  }

  @Test
  void ladderOfAnotherVersion_isNotUnderstood() {
    byte[] bytes = WHOLE.toBytes().toByteArray();
    bytes[0]++;

    assertThatThrownBy(() -> RunningLadder.read(Bytes.wrap(bytes)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessage("ladder of version 2 (expected: 1)");
  }

  @Test
  void bytesChangedAtRandom_areRefused_orALadderThatCanBeWritten() {
    Seeds.each(
        2_000,
        random -> {
          byte[] bytes = (random.nextBoolean() ? WHOLE : SOUND_ALONE).toBytes().toByteArray();
          for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
          try {
            RunningLadder read = RunningLadder.read(Bytes.wrap(bytes, 0, length));
            assertThat(RunningLadder.read(read.toBytes()).plan().rungs())
                .isEqualTo(read.plan().rungs());
          } catch (MediaException e) {
            assertThat(e.reason()).isNotEmpty();
          }
        });
  }
}
