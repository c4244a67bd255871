package nova.media.aac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.TrackFormat.AudioFormat;
import nova.media.UnsupportedMediaException;
import nova.media.aac.AudioSpecificConfig.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class AacFormatsTest {
  record Vector(String name, String hex, String codecString, int rate, int channels, int samples) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Vector> VECTORS =
      List.of(
          new Vector(
              "OBS, LC 48 kHz stereo, says no SBR", "119056e500", "mp4a.40.2", 48_000, 2, 1024),
          new Vector("LC 48 kHz stereo", "1190", "mp4a.40.2", 48_000, 2, 1024),
          new Vector("GStreamer, LC 44.1 kHz mono", "1208", "mp4a.40.2", 44_100, 1, 1024),
          new Vector("FFmpeg, LC 44.1 kHz 5.1", "123056e500", "mp4a.40.2", 44_100, 6, 1024),
          new Vector("FFmpeg, LC 44.1 kHz 7.1", "123856e500", "mp4a.40.2", 44_100, 8, 1024),
          new Vector("960 samples per frame", "1194", "mp4a.40.2", 48_000, 2, 960),
          new Vector(
              "rate in full, 48 kHz",
              bits("00010 1111 000000001011101110000000 0010 000"),
              "mp4a.40.2",
              48_000,
              2,
              1024),
          new Vector(
              "HE-AAC, 24 to 48 kHz, extension first",
              bits("00101 0110 0010 0011 00010 000"),
              "mp4a.40.5",
              48_000,
              2,
              2048),
          new Vector(
              "HE-AAC v2, mono to stereo",
              bits("11101 0110 0001 0011 00010 000"),
              "mp4a.40.29",
              48_000,
              2,
              2048),
          new Vector(
              "HE-AAC, extension last",
              bits("00010 0110 0010 000 01010110111 00101 1 0011"),
              "mp4a.40.5",
              48_000,
              2,
              2048),
          new Vector(
              "HE-AAC v2, extensions last",
              bits("00010 0110 0001 000 01010110111 00101 1 0011 10101001000 1"),
              "mp4a.40.29",
              48_000,
              2,
              2048),
          new Vector(
              "downsampled SBR",
              bits("00101 0011 0010 0011 00010 000"),
              "mp4a.40.5",
              48_000,
              2,
              1024),
          // Program config: front pair and centre, back pair, LFE: 5.1 spelt out.
          new Vector(
              "5.1 as program config",
              bits(
                  "00010 0011 0000 000 0000 01 0011 0010 0000 0001 01 000 0000 0 0 0"
                      + "1 0000 0 0000 1 0000 0000"
                      + "000"
                      + "00000000"),
              "mp4a.40.2",
              48_000,
              6,
              1024));

  @ParameterizedTest
  @FieldSource("VECTORS")
  void format_ofConfiguration_describesTheDecodersOutput(Vector vector) {
    AudioFormat format = AacFormats.of(Bytes.ofHex(vector.hex()));

    assertThat(format.codecString()).isEqualTo(vector.codecString());
    assertThat(format.sampleRate()).isEqualTo(vector.rate());
    assertThat(format.timescale().ticksPerSecond()).isEqualTo(vector.rate());
    assertThat(format.channels()).isEqualTo(vector.channels());
    assertThat(format.samplesPerFrame()).isEqualTo(vector.samples());
    assertThat(format.configuration()).isEqualTo(Bytes.ofHex(vector.hex()));
  }

  @Test
  void config_ofHighEfficiency_tellsCoreAndExtension() {
    assertThat(AudioSpecificConfig.read(Bytes.ofHex(bits("11101 0110 0001 0011 00010 000"))))
        .isEqualTo(new AudioSpecificConfig(2, 24_000, 1, 1024, Extension.SBR_AND_PS, 48_000));
  }

  @Test
  void unusableConfigs_read_sayWhat() {
    assertReason("", "truncated-audio-specific-config", MalformedMediaException.class);
    assertReason("11", "truncated-audio-specific-config", MalformedMediaException.class);
    assertReason(
        bits("00010 1101 0010 000"), "bad-audio-specific-config", MalformedMediaException.class);
    assertReason(
        bits("00010 0011 1000 000"), "bad-audio-specific-config", MalformedMediaException.class);
    assertReason(
        bits("00010 1111 000000000000000000000000 0010 000"),
        "bad-audio-specific-config",
        MalformedMediaException.class);
    assertReason(bits("00001 0011 0010 000"), "audio-object-type", UnsupportedMediaException.class);
    assertReason(
        bits("11111 001010 0011 0010 000"), "audio-object-type", UnsupportedMediaException.class);
    assertReason(
        bits("00010 1111 111111111111111111111111 0010 000"),
        "audio-sample-rate",
        UnsupportedMediaException.class);
    assertReason(bits("00010 0011 1101 000"), "audio-channels", UnsupportedMediaException.class);
  }

  private static void assertReason(
      String hex, String reason, Class<? extends MediaException> family) {
    assertThatThrownBy(() -> AacFormats.of(Bytes.ofHex(hex)))
        .isInstanceOfSatisfying(family, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static String bits(String zerosAndOnes) {
    String bits = zerosAndOnes.replace(" ", "");
    StringBuilder hex = new StringBuilder();
    for (int at = 0; at < bits.length(); at += 8) {
      String octet =
          (bits.substring(at, Math.min(at + 8, bits.length())) + "0000000").substring(0, 8);
      hex.append("%02x".formatted(Integer.parseInt(octet, 2)));
    }
    return hex.toString();
  }
}
