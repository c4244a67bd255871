package nova.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nova.core.Bytes;
import nova.media.bytes.ByteWriter;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;
import org.junit.jupiter.api.Test;

final class FlvTagWriterTest {
  @Test
  void fileOfFfmpeg_readAndWritten_isTheSameFile() throws IOException {
    byte[] file = resource("/flv/ffmpeg.flv");
    ByteWriter written = new ByteWriter(file.length).bytes(FlvTagWriter.fileHeader(true, true));

    read(file).forEach(tag -> written.bytes(FlvTagWriter.write(tag)));

    assertThat(written.toBytes()).isEqualTo(Bytes.wrap(file));
  }

  @Test
  void tags_writtenAndRead_areTheSame() {
    List<FlvTag> tags =
        List.of(
            new FlvScriptTag(0, Bytes.ofHex("020000")),
            LegacyTags.avcConfiguration(0, Bytes.ofHex("01640028")),
            LegacyTags.aacConfiguration(0, Bytes.ofHex("1190")),
            LegacyTags.avcFrame(0x1234_5678L, -40, true, Bytes.ofHex("0000000165")),
            LegacyTags.aacFrame(0xffff_ffffL, Bytes.ofHex("2110")));
    ByteWriter written = new ByteWriter().bytes(FlvTagWriter.fileHeader(true, true));

    tags.forEach(tag -> written.bytes(FlvTagWriter.write(tag)));

    assertThat(read(written.toBytes().toByteArray())).isEqualTo(tags);
  }

  @Test
  void timestampOfMoreThan32Bits_written_wraps() {
    Bytes tag = FlvTagWriter.write(new FlvAudioTag(0x1_0200_0304L, Bytes.ofHex("af")));

    assertThat(tag).isEqualTo(Bytes.ofHex("08 000001 000304 02 000000 af 0000000c"));
  }

  @Test
  void fileHeader_saysWhichTracksFollow() {
    assertThat(FlvTagWriter.fileHeader(true, false))
        .isEqualTo(Bytes.ofHex("464c56 01 01 00000009 00000000"));
    assertThat(FlvTagWriter.fileHeader(false, true))
        .isEqualTo(Bytes.ofHex("464c56 01 04 00000009 00000000"));
  }

  @Test
  void legacyTags_readByTheIngest_areWhatWasWritten() {
    Bytes configuration = Bytes.ofHex("0164");
    Bytes frame = Bytes.ofHex("0000000165");

    assertThat(VideoPackets.read(LegacyTags.avcConfiguration(0, configuration).payload()))
        .containsExactly(new VideoPacket.SequenceStart(0, FlvCodecs.AVC, configuration));
    assertThat(VideoPackets.read(LegacyTags.avcFrame(7, -66, true, frame).payload()))
        .containsExactly(
            new VideoPacket.CodedFrame(0, FlvCodecs.AVC, VideoFrameType.KEY, -66, 0, frame));
    assertThat(VideoPackets.read(LegacyTags.avcFrame(7, 66, false, frame).payload()))
        .containsExactly(
            new VideoPacket.CodedFrame(0, FlvCodecs.AVC, VideoFrameType.INTER, 66, 0, frame));
    assertThat(AudioPackets.read(LegacyTags.aacConfiguration(0, configuration).payload()))
        .containsExactly(new AudioPacket.SequenceStart(0, FlvCodecs.AAC, configuration));
    assertThat(AudioPackets.read(LegacyTags.aacFrame(0, frame).payload()))
        .containsExactly(new AudioPacket.CodedFrame(0, FlvCodecs.AAC, 0, frame));
  }

  @Test
  void whatTheFormatCannotSay_isRefused() {
    FlvTag tooLong = new FlvVideoTag(0, Bytes.wrap(new byte[1 << 24]));

    assertThatThrownBy(() -> FlvTagWriter.write(tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("FLV tag of 16777216 bytes (expected: <= 16777215)");
    assertThatThrownBy(() -> LegacyTags.avcFrame(0, 1 << 23, true, Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("composition time 8388608 ms");
  }

  private static List<FlvTag> read(byte[] file) {
    List<FlvTag> tags = new ArrayList<>();
    FlvTagReader reader = new FlvTagReader(1 << 20);
    reader.read(ByteBuffer.wrap(file), tags::add);
    assertThat(reader.isBetweenTags()).isTrue();
    return tags;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = FlvTagWriterTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }
}
