package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.ingest.publish.ParameterSets.Cleaned;
import nova.media.MalformedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord;
import nova.media.avc.AvcFormats;
import org.junit.jupiter.api.Test;

class ParameterSetsTest {
  private static final String SPS = "674d400deca0a0cfcf80880000030008000003019078a14cb0";
  private static final String OTHER_SPS = "6742c01ed900a0475fe788000003000800000301e078b14cb0";
  private static final String PPS = "68ce3c80";
  private static final AvcDecoderConfigurationRecord RECORD =
      AvcDecoderConfigurationRecord.read(Bytes.ofHex("014d400dffe10019" + SPS + "010004" + PPS));

  private final ParameterSets sets = new ParameterSets(RECORD);

  @Test
  void leadingSets_areSlicedOff_withoutACopy() {
    Bytes payload = units("0910", SPS, PPS, "0605ffff", "6588aabb");
    Cleaned cleaned = sets.clean(payload);
    assertThat(cleaned.payload()).isEqualTo(units("0605ffff", "6588aabb"));
    assertThat(cleaned.keyframe()).isTrue();
    assertThat(cleaned.picture()).isTrue();
    assertThat(cleaned.found()).isEmpty();
  }

  @Test
  void scatteredSets_areTakenOut() {
    Cleaned cleaned = sets.clean(units("0605ffff", SPS, "6588aabb", PPS, "6588cc"));
    assertThat(cleaned.payload()).isEqualTo(units("0605ffff", "6588aabb", "6588cc"));
  }

  @Test
  void frameWithoutSets_staysAsItIs() {
    Bytes payload = units("419a2020");
    Cleaned cleaned = sets.clean(payload);
    assertThat(cleaned.payload()).isSameAs(payload);
    assertThat(cleaned.keyframe()).isFalse();
  }

  @Test
  void setsAlone_areNoPicture() {
    assertThat(sets.clean(units(SPS, PPS)).picture()).isFalse();
  }

  @Test
  void otherSets_makeAnotherConfiguration() {
    Cleaned cleaned = sets.clean(units(OTHER_SPS, PPS, "6588aabb"));
    assertThat(cleaned.found()).containsExactly(Bytes.ofHex(OTHER_SPS));
    AvcDecoderConfigurationRecord changed = sets.configurationWith(cleaned.found());
    assertThat(changed.sequenceParameterSets()).containsExactly(Bytes.ofHex(OTHER_SPS));
    assertThat(changed.pictureParameterSets()).containsExactly(Bytes.ofHex(PPS));
    assertThat(AvcFormats.of(changed.write()).codecString()).isEqualTo("avc1.42c01e");
  }

  @Test
  void pictureSet_ofAnIdThatIsThere_replacesIt() {
    Bytes changed = Bytes.ofHex(PPS + "00"); // the same id comes first in both
    AvcDecoderConfigurationRecord record = sets.configurationWith(List.of(changed));
    assertThat(record.pictureParameterSets()).containsExactly(changed);
    Bytes another = Bytes.ofHex("684e3c80"); // id 1
    assertThat(sets.configurationWith(List.of(another)).pictureParameterSets())
        .containsExactly(another, Bytes.ofHex(PPS));
  }

  @Test
  void setsThatNoConfigurationHasRoomFor_areMalformed() {
    byte[] large = new byte[70_000];
    large[0] = 0x67;
    assertThatThrownBy(() -> sets.configurationWith(List.of(Bytes.wrap(large))))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("70000 bytes");
  }

  private static Bytes units(String... units) {
    StringBuilder hex = new StringBuilder();
    for (String unit : units) {
      hex.append("%08x".formatted(unit.length() / 2)).append(unit);
    }
    return Bytes.ofHex(hex.toString());
  }
}
