package nova.media.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import nova.core.Bytes;
import org.junit.jupiter.api.Test;

final class ByteWriterTest {
  @Test
  void marks_patchedLater_holdSizesOfNestedBoxes() {
    ByteWriter out = new ByteWriter(1);
    int outer = out.markU32();
    out.fourCc(FourCc.of("moof"));
    int inner = out.markU32();
    out.fourCc(FourCc.of("mfhd")).u32(0).u32(7);
    out.patchSizeSince(inner);
    out.patchSizeSince(outer);

    assertThat(out.toBytes().toHex())
        .isEqualTo("000000186d6f6f66" + "000000106d666864" + "0000000000000007");
  }

  @Test
  void bytesHandedOut_writerReused_stayAsTheyWere() {
    ByteWriter out = new ByteWriter(16);
    Bytes first = out.u32(1).toBytes();
    Bytes second = out.u32(2).bytes(first).utf8("é").toBytes();

    assertThat(first.toHex()).isEqualTo("00000001");
    assertThat(second.toHex()).isEqualTo("0000000200000001c3a9");
  }

  @Test
  void fourCc_printableOrNot_readsWell() {
    assertThat(FourCc.of("avc1")).hasToString("avc1").isEqualTo(new FourCc(1635148593));
    assertThat(new FourCc(0x00ff_4142)).hasToString("0x00ff4142");
    assertThat(FourCc.of("Opus").bytes().toHex()).isEqualTo("4f707573");
  }
}
