package nova.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.testkit.BoxDump;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class CmafHeaderWriterTest {
  @Test
  void avc_header_has_configuration_and_colour() {
    assertGolden("header-avc.txt", Formats.AVC_320X180);
  }

  @Test
  void avc_header_of_anamorphic_video_has_pixel_aspect_and_a_wider_display_size() {
    assertGolden("header-avc-anamorphic.txt", Formats.anamorphic());
  }

  @Test
  void aac_header_has_the_audio_specific_config() {
    assertGolden("header-aac.txt", Formats.AAC_48K);
  }

  @Test
  void aac_header_above_65535_hz_leaves_the_rate_of_the_sample_entry_to_the_configuration() {
    assertThat(dump(Formats.at96k())).contains("samplerate 0\n", "timescale 96000\n");
  }

  @Test
  void header_of_a_configuration_without_readable_parameter_sets_has_no_colour() {
    VideoFormat odd = withConfiguration(Bytes.ofHex("0164000dffe1000267ff00"));

    assertThat(dump(odd)).contains("avc1").doesNotContain("colr");
  }

  @Test
  void picture_wider_than_its_field_is_refused() {
    VideoFormat huge =
        new VideoFormat(
            VideoCodec.AVC,
            Timescale.VIDEO,
            "avc1.64000d",
            70_000,
            180,
            PixelAspectRatio.SQUARE,
            30,
            Formats.AVC_320X180.configuration());

    assertThatThrownBy(() -> CmafHeaderWriter.write(huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("picture width 70000 (expected: 1..65535)");
  }

  @Test
  void audio_configuration_of_absurd_length_is_refused() {
    AudioFormat aac = Formats.AAC_48K;
    AudioFormat huge =
        new AudioFormat(
            aac.codec(), aac.codecString(), 48_000, 2, 1024, Bytes.wrap(new byte[70_000]));

    assertThatThrownBy(() -> CmafHeaderWriter.write(huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AudioSpecificConfig of 70000 bytes (expected: <= 65536)");
  }

  private static VideoFormat withConfiguration(Bytes configuration) {
    VideoFormat avc = Formats.AVC_320X180;
    return new VideoFormat(
        avc.codec(),
        avc.timescale(),
        avc.codecString(),
        avc.width(),
        avc.height(),
        avc.pixelAspectRatio(),
        avc.frameRate(),
        configuration);
  }

  private static void assertGolden(String name, TrackFormat format) {
    String dump = dump(format);
    assertThat(dump).doesNotContain("!!");
    Golden.assertMatches("mp4/" + name, dump);
  }

  private static String dump(TrackFormat format) {
    return BoxDump.of(CmafHeaderWriter.write(format).asByteBuffer());
  }
}
