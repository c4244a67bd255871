package nova.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.TrackFormat;
import nova.media.aac.AacFormats;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class CmafHeaderReaderTest {
  @Test
  void read_gives_back_the_format_that_was_written() {
    for (TrackFormat format : new TrackFormat[] {Formats.AVC_320X180, Formats.AAC_48K}) {
      assertThat(CmafHeaderReader.read(CmafHeaderWriter.write(format))).isEqualTo(format);
    }
  }

  @Test
  void he_aac_is_read_as_what_comes_out_of_its_decoder() {
    TrackFormat heAac = AacFormats.of(Bytes.ofHex("2b118800"));

    assertThat(CmafHeaderReader.read(CmafHeaderWriter.write(heAac))).isEqualTo(heAac);
  }

  @Test
  void chunk_is_not_a_header() {
    Bytes chunk = CmafChunkWriter.write(Chunks.of(Chunks.sample(9, 1, 0, true)));

    assertThatThrownBy(() -> CmafHeaderReader.read(chunk))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("no box moov");
  }

  @Test
  void truncated_header_is_malformed() {
    Bytes whole = CmafHeaderWriter.write(Formats.AAC_48K);
    int configured = whole.length() - 100; // before the esds ends
    for (int length = 0; length < configured; length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> CmafHeaderReader.read(cut))
          .isInstanceOf(MalformedMediaException.class);
    }
  }

  @Test
  void bytes_changed_at_random_are_refused_or_a_format_that_can_be_written() {
    Seeds.each(
        2_000,
        random -> {
          TrackFormat format = random.nextBoolean() ? Formats.AVC_320X180 : Formats.AAC_48K;
          byte[] bytes = CmafHeaderWriter.write(format).toByteArray();
          for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          try {
            TrackFormat read = CmafHeaderReader.read(Bytes.wrap(bytes));
            assertThat(CmafHeaderReader.read(CmafHeaderWriter.write(read))).isEqualTo(read);
          } catch (MediaException e) {
            assertThat(e.reason()).isNotEmpty();
          } catch (IllegalArgumentException e) {
            assertThat(e).as("a size that no box has room for").hasMessageContaining("expected");
          }
        });
  }
}
