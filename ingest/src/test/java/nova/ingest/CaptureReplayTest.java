package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import nova.core.TrackId;
import nova.media.MediaFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bytes of real encoders, sent over a real socket, become the same log whatever pieces they come
/// in.
class CaptureReplayTest {
  @ParameterizedTest
  @EnumSource(Capture.class)
  void capture_inAnyPieces_becomesTheSameLog(Capture capture) throws Exception {
    List<MediaFrame> atOnce = CaptureReplay.frames(capture, left -> left);
    assertThat(atOnce).isNotEmpty();
    Random random = new Random(1);
    assertThat(CaptureReplay.frames(capture, left -> 1 + random.nextInt(3_000))).isEqualTo(atOnce);
    for (TrackId track : List.of(TrackId.VIDEO, TrackId.AUDIO)) {
      List<MediaFrame> frames = atOnce.stream().filter(f -> f.track().equals(track)).toList();
      for (int i = 1; i < frames.size(); i++) {
        assertThat(frames.get(i).dts()).isGreaterThan(frames.get(i - 1).dts());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Capture.class,
      names = {"FFMPEG_8_AUDIO_ONLY", "FFMPEG_8_EXTENDED_TIMESTAMPS"})
  void capture_inSingleBytes_becomesTheSameLog(Capture capture) throws Exception {
    assertThat(CaptureReplay.frames(capture, left -> 1))
        .isEqualTo(CaptureReplay.frames(capture, left -> left));
  }

  @Test
  void obs_becomesVideoAndAudioOnTheirGrids() throws Exception {
    List<MediaFrame> frames = CaptureReplay.frames(Capture.OBS_30, left -> left);
    List<MediaFrame> video = of(frames, TrackId.VIDEO);
    List<MediaFrame> audio = of(frames, TrackId.AUDIO);
    assertThat(video).hasSize(398);
    assertThat(audio).hasSize(1_863);
    assertThat(audio.stream().limit(5).map(MediaFrame::dts))
        .containsExactly(0L, 1_024L, 2_048L, 3_072L, 4_096L);
    assertThat(audio.getLast().dts()).isEqualTo(1_862 * 1_024L);
    assertThat(video.stream().limit(3).map(MediaFrame::dts)).containsExactly(0L, 9_000L, 18_000L);
    assertThat(video.stream().filter(MediaFrame::keyframe).map(MediaFrame::dts))
        .containsExactly(0L, 25_000 * 90L);
  }

  @Test
  void gstreamer_losesItsInBandParameterSetsAndDelimiters() throws Exception {
    List<MediaFrame> video =
        of(CaptureReplay.frames(Capture.GSTREAMER, left -> left), TrackId.VIDEO);
    assertThat(video).hasSize(250);
    assertThat(video.getFirst().keyframe()).isTrue();
    for (MediaFrame frame : video) {
      int type = frame.payload().get(4) & 0x1f;
      assertThat(type).as("first NAL unit of %s", frame).isIn(1, 5, 6);
    }
  }

  @Test
  void audioOnlyAndVideoOnly_areStreamsOfOneTrack() throws Exception {
    assertThat(CaptureReplay.frames(Capture.FFMPEG_8_AUDIO_ONLY, left -> left))
        .hasSize(283)
        .allMatch(f -> f.track().equals(TrackId.AUDIO));
    assertThat(CaptureReplay.frames(Capture.FFMPEG_8_VIDEO_ONLY_LONG_GOP, left -> left))
        .isNotEmpty()
        .allMatch(f -> f.track().equals(TrackId.VIDEO));
  }

  @Test
  void extendedTimestamps_becomeTimesFromZero() throws Exception {
    List<MediaFrame> video =
        of(CaptureReplay.frames(Capture.FFMPEG_8_EXTENDED_TIMESTAMPS, left -> left), TrackId.VIDEO);
    assertThat(video).hasSize(150);
    assertThat(video.stream().limit(3).map(MediaFrame::dts)).containsExactly(0L, 3_600L, 7_200L);
    assertThat(video.stream().limit(3).map(f -> f.pts() - f.dts()))
        .containsExactly(7_200L, 14_400L, 3_600L);
  }

  private static List<MediaFrame> of(List<MediaFrame> frames, TrackId track) {
    return frames.stream().filter(f -> f.track().equals(track)).toList();
  }
}
