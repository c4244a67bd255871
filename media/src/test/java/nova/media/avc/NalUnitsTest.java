package nova.media.avc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.flv.RecordedMessages;
import org.junit.jupiter.api.Test;

final class NalUnitsTest {
  @Test
  void keyframeOfGStreamer_viewed_hasDelimiterAndParameterSetsInBand() {
    Bytes keyframe =
        RecordedMessages.of("gst126-rtmpsink", 9).stream()
            .filter(m -> m.payload().length() > 4000)
            .findFirst()
            .orElseThrow()
            .payload()
            .slice(5);

    NalUnits units = NalUnits.of(keyframe, 4);

    assertThat(units)
        .extracting(NalUnit::type)
        .startsWith(
            NalUnitType.ACCESS_UNIT_DELIMITER,
            NalUnitType.SEQUENCE_PARAMETER_SET,
            NalUnitType.PICTURE_PARAMETER_SET,
            NalUnitType.SUPPLEMENTAL_ENHANCEMENT)
        .endsWith(NalUnitType.IDR_SLICE);
    assertThat(units.isKeyframe()).isTrue();
    assertThat(units.contains(NalUnitType.NON_IDR_SLICE)).isFalse();
  }

  @Test
  void unitsOfAnyLengthSize_iterated_comeOutInOrder() {
    for (int size : new int[] {1, 2, 4}) {
      String zeros = "00".repeat(size - 1);
      NalUnits units = NalUnits.of(Bytes.ofHex(zeros + "02 0910" + zeros + "01 41"), size);
      List<NalUnit> seen = new ArrayList<>();
      units.forEach(seen::add);

      assertThat(seen)
          .containsExactly(new NalUnit(Bytes.ofHex("0910")), new NalUnit(Bytes.ofHex("41")));
      assertThat(units.isKeyframe()).isFalse();
      assertThat(seen.get(1).referenceIdc()).isEqualTo(2);
    }
  }

  @Test
  void brokenLengths_viewed_sayWhat() {
    assertReason("00000000", "empty-nal-unit");
    assertReason("00000001 41 00000000", "empty-nal-unit");
    assertReason("00000003 4142", "truncated-nal-unit");
    assertReason("ffffffff 41", "truncated-nal-unit");
    assertReason("00000001 41 000000", "truncated-nal-unit");
    assertThat(NalUnits.of(Bytes.EMPTY, 4).isEmpty()).isTrue();
    assertThat(NalUnits.of(Bytes.EMPTY, 4)).isEmpty();
  }

  @Test
  void types_ofHeaderByte_followTheTable() {
    assertThat(NalUnitType.ofHeader(0x65)).isEqualTo(NalUnitType.IDR_SLICE);
    assertThat(NalUnitType.ofHeader(0x01)).isEqualTo(NalUnitType.NON_IDR_SLICE);
    assertThat(NalUnitType.ofHeader(0x0c)).isEqualTo(NalUnitType.FILLER);
    assertThat(NalUnitType.ofHeader(0x0f)).isEqualTo(NalUnitType.SUBSET_SEQUENCE_PARAMETER_SET);
    assertThat(NalUnitType.ofHeader(0x10)).isEqualTo(NalUnitType.DEPTH_PARAMETER_SET);
    assertThat(NalUnitType.ofHeader(0x13)).isEqualTo(NalUnitType.AUXILIARY_SLICE);
    assertThat(NalUnitType.ofHeader(0x15)).isEqualTo(NalUnitType.DEPTH_SLICE_EXTENSION);
    assertThat(NalUnitType.ofHeader(0x1f)).isEqualTo(NalUnitType.UNSPECIFIED);
    assertThat(NalUnitType.IDR_SLICE.isSlice()).isTrue();
    assertThat(NalUnitType.SUPPLEMENTAL_ENHANCEMENT.isSlice()).isFalse();
  }

  private static void assertReason(String hex, String reason) {
    assertThatThrownBy(() -> NalUnits.of(Bytes.ofHex(hex), 4))
        .isInstanceOfSatisfying(
            MalformedMediaException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
