package nova.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import nova.core.Bytes;
import org.junit.jupiter.api.Test;

class FlvTimelineTest {
  private static final long FRAME_NS = 1_001_000_000L / 30;

  private final FlvTimeline timeline = new FlvTimeline();

  @Test
  void timesBeforeZero_beginAtZero_andKeepTheirDistances() {
    FilePacket video = packet(TrackKind.VIDEO, -2 * FRAME_NS, 0);
    FilePacket audio = packet(TrackKind.AUDIO, -21_333_333, -21_333_333);

    assertThat(timeline.dtsMs(video)).isZero();
    assertThat(timeline.ptsMs(video)).isEqualTo(67);
    assertThat(timeline.dtsMs(audio)).isEqualTo(45);
  }

  @Test
  void rounds_followOneAnotherWithoutAGapOrADrift() {
    long expected = 0;
    for (int round = 0; round < 1_000; round++) {
      for (int i = 0; i < 10; i++) {
        long dts = (i - 2) * FRAME_NS;
        FilePacket packet = packet(TrackKind.VIDEO, dts, dts + FRAME_NS);
        assertThat(timeline.dtsMs(packet)).isEqualTo(Math.round(expected * FRAME_NS / 1e6));
        expected++;
      }
      timeline.startOver();
    }
    assertThat(timeline.endMs()).isEqualTo(Math.round(expected * FRAME_NS / 1e6));
  }

  @Test
  void timeThatGoesBack_standsStill() {
    assertThat(timeline.dtsMs(packet(TrackKind.VIDEO, 0, 0))).isZero();
    assertThat(timeline.dtsMs(packet(TrackKind.VIDEO, 80_000_000, 0))).isEqualTo(80);

    FilePacket back = packet(TrackKind.VIDEO, 40_000_000, 40_000_000);

    assertThat(timeline.dtsMs(back)).isEqualTo(80);
    assertThat(timeline.ptsMs(back)).isEqualTo(40);
  }

  private static FilePacket packet(TrackKind kind, long dtsNs, long ptsNs) {
    return new FilePacket(
        kind, dtsNs, ptsNs, dtsNs + FRAME_NS, true, Bytes.ofHex("00"), Bytes.EMPTY);
  }
}
