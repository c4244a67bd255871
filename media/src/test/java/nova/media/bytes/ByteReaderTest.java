package nova.media.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

final class ByteReaderTest {
  @Test
  void numbers_writtenThenRead_comeBack() {
    Seeds.each(
        200,
        random -> {
          int small = random.nextInt();
          long large = random.nextLong();
          double real = Double.longBitsToDouble(random.nextLong());
          Bytes bytes =
              new ByteWriter(random.nextInt(8))
                  .u8(small)
                  .u16(small)
                  .u24(small)
                  .u24(small)
                  .u32(small)
                  .u64(large)
                  .float64(real)
                  .fourCc(new FourCc(small))
                  .u16(small)
                  .zeros(2)
                  .toBytes();
          ByteReader in = new ByteReader(bytes, "thing");
          assertThat(in.u8()).isEqualTo(small & 0xff);
          assertThat(in.u16()).isEqualTo(small & 0xffff);
          assertThat(in.u24()).isEqualTo(small & 0xff_ffff);
          assertThat(in.s24()).isEqualTo(small << 8 >> 8);
          assertThat(in.u32()).isEqualTo(small & 0xffff_ffffL);
          assertThat(in.u64()).isEqualTo(large);
          assertThat(in.float64()).isEqualTo(real);
          assertThat(in.fourCc()).isEqualTo(new FourCc(small));
          assertThat(in.s16()).isEqualTo((short) small);
          assertThat(in.rest()).isEqualTo(Bytes.ofHex("0000"));
          assertThat(in.isExhausted()).isTrue();
        });
  }

  @Test
  void overrun_insideInnerReader_namesStructureAndOffsetFromOutside() {
    ByteReader outer = new ByteReader(Bytes.ofHex("00 01 02 03 04 05 06 07"), "avc-configuration");
    outer.skip(3);
    ByteReader inner = outer.inner(2);
    assertThat(inner.u8()).isEqualTo(3);

    assertThatThrownBy(inner::u16)
        .isInstanceOfSatisfying(
            MalformedMediaException.class,
            e -> assertThat(e.reason()).isEqualTo("truncated-avc-configuration"))
        .hasMessage(
            "avc configuration ends early: 2 bytes wanted at offset 0x4 (expected: <= 1, which is"
                + " all that is left)");
    assertThat(outer.u8()).isEqualTo(5);
  }

  @Test
  void hugeLength_fromPeer_isRefusedBeforeAllocation() {
    ByteReader in = new ByteReader(Bytes.ofHex("ffffffff 00"), "amf-value");
    long length = in.u32();

    assertThatThrownBy(() -> in.bytes(length)).isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> in.utf8(length)).isInstanceOf(MalformedMediaException.class);
    assertThat(in.remaining()).isEqualTo(1);
  }

  @Test
  void peek_thenRead_seesTheSameByte() {
    ByteReader in = new ByteReader(Bytes.ofHex("7f"), "thing");

    assertThat(in.peekU8()).isEqualTo(0x7f);
    assertThat(in.position()).isZero();
    assertThat(in.u8()).isEqualTo(0x7f);
    assertThatThrownBy(in::peekU8).isInstanceOf(MalformedMediaException.class);
  }
}
