package nova.media.avc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import org.junit.jupiter.api.Test;

final class SequenceParameterSetTest {
  @Test
  void vui_cutShort_isAsIfAbsent() {
    // 1080p30 without its last bytes: size is known, timing is not.
    SequenceParameterSet sps =
        SequenceParameterSet.read(Bytes.ofHex("67640028acd940780227e5c0440000"));

    assertThat(sps.width()).isEqualTo(1920);
    assertThat(sps.height()).isEqualTo(1080);
    assertThat(sps.vui()).isEqualTo(VuiParameters.ABSENT);
    assertThat(sps.vui().frameRate()).isZero();
  }

  @Test
  void pictureOrderCountTypes_withAndWithoutFields_areRead() {
    // Baseline 16x16: id 0, frame num 0, type 1 with a cycle of 2 offsets, one reference.
    String head = "01100111" + "01000010" + "11000000" + "00001010" + "1" + "1";
    String tail = "010" + "0" + "1" + "1" + "1" + "1" + "0" + "0" + "1";
    SequenceParameterSet withCycle =
        SequenceParameterSet.read(
            bits(head + "010" + "1" + "1" + "1" + "011" + "00100" + "00101" + tail));
    SequenceParameterSet withoutFields = SequenceParameterSet.read(bits(head + "011" + tail));

    assertThat(withCycle).isEqualTo(withoutFields);
    assertThat(withCycle.width()).isEqualTo(16);
    assertThat(withCycle.maxReferenceFrames()).isEqualTo(1);
    assertThat(withCycle.level()).isEqualTo(10);
  }

  @Test
  void croppingBeyondThePicture_read_isMalformed() {
    String head = "01100111" + "01000010" + "11000000" + "00001010" + "1" + "1" + "011";
    // Crops 8 units of 2 pixels off 16.
    String tail =
        "010" + "0" + "1" + "1" + "1" + "1" + "1" + "1" + "0001001" + "1" + "1" + "0" + "1";

    assertThatThrownBy(() -> SequenceParameterSet.read(bits(head + tail)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage(
            "sequence parameter set crops 8 units off a horizontal side of 8 (expected: < 8)");
  }

  @Test
  void sideAboveEveryLevel_read_isMalformed() {
    String head =
        "01100111" + "01000010" + "11000000" + "00001010" + "1" + "1" + "011" + "010" + "0";

    assertThatThrownBy(
            () -> SequenceParameterSet.read(bits(head + "0".repeat(16) + "1" + "0".repeat(16))))
        .hasMessageContaining("pic_width_in_mbs_minus1 65535")
        .hasMessageContaining("(expected: 0..1054)");
  }

  @Test
  void otherNalUnit_read_isMalformed() {
    assertThatThrownBy(() -> SequenceParameterSet.read(Bytes.ofHex("68ce3c80")))
        .hasMessageContaining("expected: type 7");
  }

  private static Bytes bits(String zerosAndOnes) {
    byte[] array = new byte[(zerosAndOnes.length() + 7) / 8];
    for (int i = 0; i < zerosAndOnes.length(); i++) {
      if (zerosAndOnes.charAt(i) == '1') {
        array[i / 8] |= (byte) (0x80 >> (i % 8));
      }
    }
    return Bytes.wrap(array);
  }
}
