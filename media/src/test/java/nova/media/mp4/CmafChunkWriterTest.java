package nova.media.mp4;

import static nova.media.mp4.Chunks.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.testkit.BoxDump;
import nova.testkit.Golden;
import org.junit.jupiter.api.Test;

class CmafChunkWriterTest {
  @Test
  void first_chunk_of_a_segment_with_b_frames_has_styp_prft_and_signed_offsets() {
    assertGolden(
        "chunk-video-first.txt",
        new CmafChunk(
            17,
            8_589_934_592L + 180_000,
            true,
            Optional.of(
                new ProducerReferenceTime(
                    Instant.parse("2026-11-22T16:00:00.250Z"),
                    8_590_114_592L,
                    ProducerReferenceTime.Event.CAPTURED)),
            List.of(
                sample(4048, 3000, 0, true),
                sample(1302, 3000, 6000, false),
                sample(310, 3000, -3000, false),
                sample(290, 3000, -3000, false))));
  }

  @Test
  void chunk_inside_a_group_of_pictures_has_shared_flags_and_durations() {
    assertGolden(
        "chunk-video-inside.txt",
        new CmafChunk(
            18,
            192_000,
            false,
            Optional.empty(),
            List.of(sample(500, 3000, 0, false), sample(501, 3000, 0, false))));
  }

  @Test
  void audio_chunk_has_only_sizes_in_its_rows() {
    assertGolden(
        "chunk-audio.txt",
        new CmafChunk(
            3,
            48_128,
            true,
            Optional.empty(),
            List.of(sample(132, 1024, 0, true), sample(170, 1024, 0, true))));
  }

  @Test
  void chunk_of_millisecond_timestamps_with_keyframes_in_the_middle_has_every_column() {
    assertGolden(
        "chunk-video-uneven.txt",
        Chunks.of(
            sample(100, 2970, 2970, false), sample(101, 3060, 0, true), sample(0, 2970, 0, false)));
  }

  @Test
  void written_bytes_are_direct_memory_and_end_with_the_payloads() {
    Bytes chunk = CmafChunkWriter.write(Chunks.of(sample(5, 1, 0, true), sample(7, 1, 0, true)));

    assertThat(chunk.asByteBuffer().isDirect()).isTrue();
    assertThat(chunk.slice(chunk.length() - 12, chunk.length() - 7))
        .isEqualTo(sample(5, 1, 0, true).payload());
    assertThat(chunk.slice(chunk.length() - 7)).isEqualTo(sample(7, 1, 0, true).payload());
  }

  @Test
  void same_chunk_gives_the_same_bytes() {
    assertThat(CmafChunkWriter.write(Chunks.of(sample(50, 3000, 0, true))))
        .isEqualTo(CmafChunkWriter.write(Chunks.of(sample(50, 3000, 0, true))));
  }

  @Test
  void chunk_beyond_two_gibibytes_is_refused_before_memory_is_taken() {
    CmafSample large = new CmafSample(Bytes.wrap(new byte[1 << 20]), 1, 0, true);

    assertThatThrownBy(
            () ->
                CmafChunkWriter.write(
                    new CmafChunk(1, 0, false, Optional.empty(), Collections.nCopies(2048, large))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("chunk of 2147483648 bytes (expected: <= ");
  }

  @Test
  void values_without_room_in_their_fields_are_refused() {
    assertThatThrownBy(() -> new CmafSample(Bytes.EMPTY, 1L << 32, 0, true))
        .hasMessage("sample duration 4294967296 ticks (expected: 0..4294967295)");
    assertThatThrownBy(() -> new CmafSample(Bytes.EMPTY, 0, 1L << 31, true))
        .hasMessage("composition offset 2147483648 ticks (expected: -2147483648..2147483647)");
    assertThatThrownBy(() -> new CmafChunk(-1, 0, false, Optional.empty(), List.of()))
        .hasMessage("chunk sequence number -1 (expected: 0..4294967295)");
    assertThatThrownBy(() -> new CmafChunk(0, -1, false, Optional.empty(), List.of()))
        .hasMessage("base media decode time -1 ticks (expected: >= 0)");
    assertThatThrownBy(() -> new CmafChunk(0, 0, false, Optional.empty(), List.of()))
        .hasMessage("chunk without samples (expected: at least one)");
  }

  private static void assertGolden(String name, CmafChunk chunk) {
    String dump = BoxDump.of(CmafChunkWriter.write(chunk).asByteBuffer());
    assertThat(dump).doesNotContain("!!");
    Golden.assertMatches("mp4/" + name, dump);
  }
}
