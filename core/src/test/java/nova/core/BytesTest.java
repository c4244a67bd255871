package nova.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void equals_sameContentOnHeapAndOffHeap_isEqual() {
    ByteBuffer direct = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
    Bytes offHeap = Bytes.wrap(direct);
    Bytes onHeap = Bytes.wrap(new byte[] {0, 1, 2, 3, 4}, 1, 3);

    assertThat(offHeap).isEqualTo(onHeap).hasSameHashCodeAs(onHeap);
    assertThat(onHeap).isNotEqualTo(Bytes.ofHex("010204"));
  }

  @Test
  void slice_ofASlice_sharesMemoryWithRightBounds() {
    Bytes slice = Bytes.ofHex("00 11 22 33 44").slice(1).slice(1, 3);

    assertThat(slice.toHex()).isEqualTo("2233");
    assertThat(slice.getUnsigned(0)).isEqualTo(0x22);
    assertThatThrownBy(() -> slice.slice(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void asByteBuffer_readByOne_doesNotMoveTheOther() {
    Bytes bytes = Bytes.ofHex("cafe");
    ByteBuffer first = bytes.asByteBuffer();
    assertThat(first.getShort()).isEqualTo((short) 0xcafe);

    assertThat(bytes.asByteBuffer().remaining()).isEqualTo(2);
    assertThatThrownBy(() -> bytes.asByteBuffer().put((byte) 0))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void toString_longContent_showsLengthAndHeadOnly() {
    assertThat(Bytes.wrap(new byte[1000]).toString()).startsWith("Bytes[1000: 0000").endsWith("…]");
  }
}
