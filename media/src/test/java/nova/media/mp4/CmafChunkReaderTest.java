package nova.media.mp4;

import static nova.media.mp4.Chunks.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.FourCc;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class CmafChunkReaderTest {
  @Test
  void read_gives_back_what_was_written() {
    Seeds.each(
        500,
        random -> {
          CmafChunk chunk = Chunks.random(random);
          assertThat(CmafChunkReader.read(CmafChunkWriter.write(chunk))).isEqualTo(chunk);
        });
  }

  @Test
  void segment_is_read_as_its_chunks() {
    Seeds.each(
        50,
        random -> {
          List<CmafChunk> chunks = new ArrayList<>();
          ByteBuffer segment = ByteBuffer.allocate(1 << 16);
          for (int i = 0; i < 5; i++) {
            chunks.add(Chunks.random(random));
            CmafChunkWriter.write(chunks.getLast()).copyTo(segment);
          }
          assertThat(CmafChunkReader.readAll(Bytes.wrap(segment.flip()))).isEqualTo(chunks);
        });
  }

  @Test
  void payloads_share_the_memory_of_the_input() {
    Bytes written = CmafChunkWriter.write(Chunks.of(sample(9, 1, 0, true)));

    CmafSample read = CmafChunkReader.read(written).samples().getFirst();

    assertThat(read.payload().asByteBuffer().isDirect()).isTrue();
  }

  @Test
  void bytes_changed_at_random_are_malformed_or_a_chunk_that_can_be_written() {
    Seeds.each(
        2_000,
        random -> {
          byte[] bytes = CmafChunkWriter.write(Chunks.random(random)).toByteArray();
          for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
          try {
            for (CmafChunk chunk : CmafChunkReader.readAll(Bytes.wrap(bytes, 0, length))) {
              assertThat(CmafChunkReader.read(CmafChunkWriter.write(chunk))).isEqualTo(chunk);
            }
          } catch (MalformedMediaException e) {
            assertThat(e.reason()).isIn("bad-cmaf-chunk", "truncated-cmaf-chunk");
          }
        });
  }

  @Test
  void sample_count_without_rows_to_match_is_malformed_and_allocates_nothing() {
    byte[] bytes = CmafChunkWriter.write(Chunks.of(sample(4, 1, 0, true))).toByteArray();
    int trun = indexOf(bytes, "trun");
    ByteBuffer.wrap(bytes).putInt(trun + 8, 0x7fff_ffff); // sample_count

    assertMalformed(bytes, "trun at offset 0x4c has sample_count 2147483647 (expected: 1..65536)");
  }

  @Test
  void sample_that_reaches_beyond_the_mdat_is_malformed() {
    byte[] bytes = CmafChunkWriter.write(Chunks.of(sample(4, 1, 0, true))).toByteArray();
    int trun = indexOf(bytes, "trun");
    ByteBuffer.wrap(bytes).putInt(trun + 16, 5); // sample_size

    assertMalformed(
        bytes, "mdat at offset 0x64 has a sample at 108..113 (expected: within 108..112)");
  }

  @Test
  void truncated_chunk_is_malformed() {
    Bytes whole = CmafChunkWriter.write(Chunks.of(sample(4, 1, 0, true)));
    for (int length = 1; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> CmafChunkReader.readAll(cut))
          .isInstanceOf(MalformedMediaException.class);
    }
  }

  @Test
  void header_is_not_a_chunk() {
    assertThatThrownBy(() -> CmafChunkReader.read(CmafHeaderWriter.write(Formats.AAC_48K)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("without moof and mdat");
  }

  private static void assertMalformed(byte[] bytes, String message) {
    assertThatThrownBy(() -> CmafChunkReader.read(Bytes.wrap(bytes)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage(message);
  }

  private static int indexOf(byte[] bytes, String type) {
    for (int i = 0; i < bytes.length - 4; i++) {
      if (ByteBuffer.wrap(bytes).getInt(i) == FourCc.of(type).value()) {
        return i;
      }
    }
    throw new AssertionError("no " + type);
  }
}
