package nova.media.avc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord.HighProfileFields;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class AvcFormatsTest {
  private static final AvcVectors.Vector HIGH = AvcVectors.ALL.get(3);

  @ParameterizedTest
  @FieldSource("nova.media.avc.AvcVectors#ALL")
  void parameterSet_ofRealEncoder_saysWhatFfprobeSays(AvcVectors.Vector vector) {
    AvcDecoderConfigurationRecord record = AvcDecoderConfigurationRecord.read(vector.bytes());
    SequenceParameterSet sps = SequenceParameterSet.read(record.sequenceParameterSets().getFirst());

    assertThat(sps.width()).isEqualTo(vector.width());
    assertThat(sps.height()).isEqualTo(vector.height());
    assertThat(sps.codedWidth()).isEqualTo((vector.width() + 15) / 16 * 16);
    assertThat(sps.chromaFormat()).isEqualTo(vector.chromaFormat());
    assertThat(sps.bitDepthLuma()).isEqualTo(vector.bitDepth());
    assertThat(sps.interlaced()).isEqualTo(vector.interlaced());
    assertThat(sps.vui().maxReorderFrames()).isEqualTo(vector.reorder());
    assertThat(sps.vui().pixelAspectRatio())
        .isEqualTo(new PixelAspectRatio(vector.aspectWidth(), vector.aspectHeight()));
    assertThat(sps.vui().frameRate()).isEqualTo(vector.frameRate(), Offset.offset(1e-9));
  }

  @ParameterizedTest
  @FieldSource("nova.media.avc.AvcVectors#ALL")
  void record_readThenWritten_isTheSameBytes(AvcVectors.Vector vector) {
    assertThat(AvcDecoderConfigurationRecord.read(vector.bytes()).write())
        .isEqualTo(vector.bytes());
  }

  @ParameterizedTest
  @FieldSource("nova.media.avc.AvcVectors#ALL")
  void format_ofRealEncoder_isMadeOrRefusedWithAdvice(AvcVectors.Vector vector) {
    if (!vector.isPlayable()) {
      assertThatThrownBy(() -> AvcFormats.of(vector.bytes()))
          .isInstanceOfSatisfying(
              UnsupportedMediaException.class,
              e -> assertThat(e.reason()).isEqualTo("avc-pixel-format"))
          .hasMessageContaining("expected: 4:2:0 with 8 bits");
      return;
    }
    VideoFormat format = AvcFormats.of(vector.bytes());
    assertThat(format.codecString()).isEqualTo(vector.codecString());
    assertThat(format.width()).isEqualTo(vector.width());
    assertThat(format.height()).isEqualTo(vector.height());
    assertThat(format.frameRate()).isEqualTo(vector.frameRate(), Offset.offset(1e-9));
    assertThat(format.timescale()).isEqualTo(Timescale.VIDEO);
    assertThat(format.configuration()).isEqualTo(vector.bytes());
    assertThat(AvcFormats.nalLengthSize(format)).isEqualTo(4);
  }

  @Test
  void colour_inVui_isRead() {
    AvcDecoderConfigurationRecord record =
        AvcDecoderConfigurationRecord.read(AvcVectors.ALL.get(4).bytes());

    assertThat(SequenceParameterSet.read(record.sequenceParameterSets().getFirst()).vui().colour())
        .isEqualTo(new VuiParameters.ColourDescription(false, 1, 1, 1));
  }

  @Test
  void highProfileFields_missingOrGarbage_areCompletedFromTheParameterSet() {
    Bytes whole = HIGH.bytes();
    Bytes cut = whole.slice(0, whole.length() - 4);

    assertThat(AvcDecoderConfigurationRecord.read(cut).highProfileFields()).isNull();
    assertThat(AvcDecoderConfigurationRecord.read(cut).write()).isEqualTo(cut);
    assertThat(AvcFormats.of(cut).configuration()).isEqualTo(whole);
    assertThat(AvcFormats.of(Bytes.ofHex(cut.toHex() + "fdf8f8ff00")).configuration())
        .isEqualTo(whole);
    assertThat(AvcDecoderConfigurationRecord.read(whole).highProfileFields())
        .isEqualTo(new HighProfileFields(1, 8, 8, List.of()));
  }

  @Test
  void profileInRecord_otherThanInParameterSet_isCorrected() {
    Bytes wrong = Bytes.ofHex("01000000" + HIGH.hex().substring(8));

    VideoFormat format = AvcFormats.of(wrong);

    assertThat(format.codecString()).isEqualTo("avc1.640028");
    assertThat(format.configuration()).isEqualTo(HIGH.bytes());
  }

  @Test
  void shortNalLengths_inRecord_areKept() {
    VideoFormat format = AvcFormats.of(Bytes.ofHex("01640028fd" + HIGH.hex().substring(10)));

    assertThat(AvcFormats.nalLengthSize(format)).isEqualTo(2);
  }

  @Test
  void brokenRecords_read_sayWhat() {
    assertReason("", "truncated-avc-configuration");
    assertReason("00000001674d", "bad-avc-configuration");
    assertReason("01640028fee1" + HIGH.hex().substring(12), "bad-avc-configuration");
    assertReason("01640028ffe1001b68" + HIGH.hex().substring(18), "bad-avc-configuration");
    assertReason("01640028ffe10000" + "0100", "bad-avc-configuration");
    assertReason("01640028ffe1ffff67", "truncated-avc-configuration");
    assertReason("01640028ffe000", "avc-configuration-without-parameter-sets");
    assertReason(HIGH.hex().substring(0, 70) + "00", "avc-configuration-without-parameter-sets");
    assertReason("01640028ffe1000467640028" + "01000468ce3c80", "truncated-sequence-parameter-set");
  }

  private static void assertReason(String hex, String reason) {
    assertThatThrownBy(() -> AvcFormats.of(Bytes.ofHex(hex)))
        .isInstanceOfSatisfying(
            MalformedMediaException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
