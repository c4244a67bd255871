package nova.media.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

final class BitReaderTest {
  /// Spec: ISO/IEC 14496-10 table 9-2 and 9-3.
  @Test
  void expGolomb_standardsTable_readsAsListed() {
    // 1 010 011 00100 00101 00110 00111 0001000 0001001
    Bytes bits =
        bits("1" + "010" + "011" + "00100" + "00101" + "00110" + "00111" + "0001000" + "0001001");
    BitReader unsigned = new BitReader(bits, "thing");
    for (int expected = 0; expected <= 8; expected++) {
      assertThat(unsigned.ue()).isEqualTo(expected);
    }
    BitReader signed = new BitReader(bits, "thing");
    for (int expected : new int[] {0, 1, -1, 2, -2, 3, -3, 4, -4}) {
      assertThat(signed.se()).isEqualTo(expected);
    }
  }

  @Test
  void expGolomb_largestCode_isRead() {
    BitReader in = new BitReader(bits("0".repeat(32) + "1" + "1".repeat(32)), "thing");

    assertThat(in.ue()).isEqualTo((1L << 33) - 2);
  }

  @Test
  void expGolomb_manyZeros_isMalformed() {
    BitReader in = new BitReader(bits("0".repeat(40) + "1"), "thing");

    assertThatThrownBy(in::ue)
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("32");
  }

  @Test
  void bits_anySplit_matchBigInteger() {
    Seeds.each(
        300,
        random -> {
          byte[] array = new byte[24];
          random.nextBytes(array);
          String all = new BigInteger(1, array).toString(2);
          all = "0".repeat(192 - all.length()) + all;
          BitReader in = new BitReader(Bytes.wrap(array), "thing");
          while (in.remaining() > 32) {
            int at = (int) in.position();
            int count = random.nextInt(33);
            long value = count == 32 ? in.u32() : in.bits(count);
            assertThat(value)
                .isEqualTo(count == 0 ? 0 : Long.parseLong(all.substring(at, at + count), 2));
          }
        });
  }

  @Test
  void end_reached_saysWhere() {
    BitReader in = new BitReader(Bytes.ofHex("80"), "sequence-parameter-set");

    assertThat(in.moreRbspData()).isFalse();
    in.skip(5);
    assertThatThrownBy(() -> in.bits(4))
        .hasMessageStartingWith("sequence parameter set ends early: 4 bits wanted at bit 5");
  }

  @Test
  void moreRbspData_stopBitAndTrailingZeros_isFalseOnlyThere() {
    BitReader in = new BitReader(Bytes.ofHex("a8 00"), "thing");

    assertThat(in.moreRbspData()).isTrue();
    in.skip(4);
    assertThat(in.moreRbspData()).isFalse();
  }

  @Test
  void emulationPrevention_removed_leavesPayload() {
    assertThat(plain("000003 01")).isEqualTo("000001");
    assertThat(plain("67 0000030000030000 03")).isEqualTo("67000000000000");
    assertThat(plain("000300 0301")).isEqualTo("0003000301");
    assertThat(plain("000003")).isEqualTo("0000");
    Bytes clean = Bytes.ofHex("6742c00c");
    assertThat(EmulationPrevention.remove(clean)).isSameAs(clean);
  }

  private static String plain(String hex) {
    return EmulationPrevention.remove(Bytes.ofHex(hex)).toHex();
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
