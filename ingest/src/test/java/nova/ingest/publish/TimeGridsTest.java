package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nova.core.Timescale;
import nova.core.TrackKind;
import nova.ingest.publish.VideoGrid.Placed;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class TimeGridsTest {
  @Test
  void audio_roundedOrTruncatedToMilliseconds_isBackOnTheGrid() {
    for (int rate : List.of(48_000, 44_100, 32_000, 22_050)) {
      Seeds.each(
          20,
          random -> {
            AudioGrid grid = new AudioGrid(new Timescale(rate), 1_024);
            for (long n = 0; n < 5_000; n++) {
              double exactMs = n * 1_024_000.0 / rate;
              long ms = n == 0 ? 0 : (long) exactMs + random.nextInt(3) - 1; // 1 ms either way
              assertThat(grid.place(ms).orElseThrow())
                  .as("frame %d at %d Hz", n, rate)
                  .isEqualTo(n * 1_024);
            }
            assertThat(grid.repaired()).isZero();
          });
    }
  }

  @Test
  void audioGap_isWholeFrames() {
    AudioGrid grid = new AudioGrid(new Timescale(48_000), 1_024);
    assertThat(grid.place(0)).hasValue(0);
    assertThat(grid.place(21)).hasValue(1_024);
    assertThat(grid.place(1_000)).hasValue(47 * 1_024); // 1002.7 ms
    assertThat(grid.place(1_021)).hasValue(48 * 1_024);
  }

  @Test
  void audioThatRunsAheadOfItsTimestamps_isThinnedOut() {
    // 48 kHz labelled as if it were 44.1 kHz lagged: frames come each 20 ms, last 21.33 ms
    AudioGrid grid = new AudioGrid(new Timescale(48_000), 1_024);
    int dropped = 0;
    long last = -1;
    for (int i = 0; i < 1_000; i++) {
      var placed = grid.place(i * 20L);
      if (placed.isEmpty()) {
        dropped++;
      } else {
        assertThat(placed.getAsLong()).isGreaterThan(last);
        last = placed.getAsLong();
        assertThat(last - i * 20L * 48).isLessThan(150 * 48);
      }
    }
    assertThat(dropped).isBetween(50, 70);
  }

  @Test
  void videoTimes_alwaysGrow_whateverComes() {
    Seeds.each(
        200,
        random -> {
          VideoGrid grid = new VideoGrid();
          long last = -1;
          for (int i = 0; i < 200; i++) {
            Placed placed =
                grid.place(random.nextInt(2_000) - 500, random.nextInt(40_000) - 20_000, 0);
            assertThat(placed.dts()).isGreaterThan(last);
            assertThat(Math.abs(placed.pts() - placed.dts())).isLessThanOrEqualTo(900_000);
            last = placed.dts();
          }
          assertThat(grid.repaired()).isPositive();
        });
  }

  @Test
  void videoClock_thatStandsStill_isGoneOnWithout() {
    VideoGrid grid = new VideoGrid();
    long last = 0;
    for (int frame = 0; frame < 1_000; frame++) {
      last = grid.place(0, 0, 0).dts();
    }
    assertThat(last).isGreaterThan(4_000 * 90L);
    assertThat(grid.repaired()).isEqualTo(999);
  }

  @Test
  void duplicateVideoTime_movesBehindTheFrameBefore() {
    VideoGrid grid = new VideoGrid();
    assertThat(grid.place(40, 80, 0)).isEqualTo(new Placed(3_600, 10_800));
    assertThat(grid.place(40, 0, 0)).isEqualTo(new Placed(3_601, 3_601));
    assertThat(grid.place(80, -40, 0)).isEqualTo(new Placed(7_200, 3_600));
    assertThat(grid.place(120, 0, 500_000)).isEqualTo(new Placed(10_800, 10_845));
    assertThat(grid.repaired()).isEqualTo(1);
  }

  @Test
  void clock_thatJumpsOnBothTracks_keepsThemTogether() {
    for (long jump : List.of(-50_000L, 3_600_000L, -2_000_000L)) {
      SourceClock clock = new SourceClock();
      List<Long> video = new ArrayList<>();
      List<Long> audio = new ArrayList<>();
      for (int ms = 100_000; ms < 101_000; ms += 20) {
        video.add(clock.timeOf(TrackKind.VIDEO, ms));
        audio.add(clock.timeOf(TrackKind.AUDIO, ms + 5));
      }
      assertThat(clock.isJumped()).isFalse();
      for (int ms = 101_000; ms < 102_000; ms += 20) {
        video.add(clock.timeOf(TrackKind.VIDEO, ms + jump));
        audio.add(clock.timeOf(TrackKind.AUDIO, ms + 5 + jump));
      }
      assertThat(clock.isJumped()).isTrue();
      assertThat(clock.jumps()).isEqualTo(2);
      for (int i = 0; i < video.size(); i++) {
        assertThat(video.get(i)).isEqualTo(100_000 + i * 20L);
        assertThat(audio.get(i)).isEqualTo(100_005 + i * 20L);
      }
    }
  }

  @Test
  void clock_ofOneTrackAlone_isBroughtBack() {
    SourceClock clock = new SourceClock();
    for (int ms = 0; ms < 1_000; ms += 20) {
      clock.timeOf(TrackKind.VIDEO, ms);
      clock.timeOf(TrackKind.AUDIO, ms);
    }
    for (int ms = 1_000; ms < 5_000; ms += 20) {
      assertThat(clock.timeOf(TrackKind.VIDEO, ms + 100_000_000L)).isEqualTo(ms);
      assertThat(clock.timeOf(TrackKind.AUDIO, ms)).isEqualTo(ms);
    }
    assertThat(clock.jumps()).isEqualTo(1);
  }

  @Test
  void longGapOfOneTrack_isNoJump() {
    SourceClock clock = new SourceClock();
    clock.timeOf(TrackKind.VIDEO, 0);
    for (int ms = 0; ms <= 12_000; ms += 20) {
      clock.timeOf(TrackKind.AUDIO, ms);
    }
    assertThat(clock.timeOf(TrackKind.VIDEO, 12_010)).isEqualTo(12_010);
    assertThat(clock.isJumped()).isFalse();
  }

  @Test
  void trackWithAClockOfItsOwn_isSetBesideTheOther() {
    SourceClock clock = new SourceClock();
    assertThat(clock.timeOf(TrackKind.VIDEO, 5_000_000)).isEqualTo(5_000_000);
    assertThat(clock.timeOf(TrackKind.AUDIO, 0)).isEqualTo(5_000_000);
    assertThat(clock.timeOf(TrackKind.VIDEO, 5_000_040)).isEqualTo(5_000_040);
    assertThat(clock.timeOf(TrackKind.AUDIO, 21)).isEqualTo(5_000_021);
    assertThat(clock.jumps()).isEqualTo(1);
  }

  @Test
  void audioJitter_ofHardwareEncoders_leavesNoHoles() {
    Seeds.each(
        50,
        random -> {
          AudioGrid grid = new AudioGrid(new Timescale(48_000), 1_024);
          assertThat(grid.place(0)).hasValue(0);
          for (long n = 1; n < 2_000; n++) {
            long ms = Math.round(n * 1_024 / 48.0) + random.nextInt(120) - 60;
            assertThat(grid.place(ms)).hasValue(n * 1_024);
          }
        });
  }

  @Test
  void audioStepBackAtALoop_leavesOutOneFrame() {
    AudioGrid grid = new AudioGrid(new Timescale(48_000), 1_024);
    int left = 0;
    for (int n = 0; n < 1_000; n++) {
      long ms = Math.round(n * 1_024 / 48.0) - (n >= 500 ? 30 : 0);
      left += grid.place(ms).isPresent() ? 1 : 0;
    }
    assertThat(left).isEqualTo(999);
    assertThat(grid.repaired()).isEqualTo(1);
  }
}
