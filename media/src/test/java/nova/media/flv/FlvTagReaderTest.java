package nova.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nova.core.Bytes;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;
import nova.testkit.SplitFeeder;
import org.junit.jupiter.api.Test;

final class FlvTagReaderTest {
  private static final String HEADER = "464c56 01 05 00000009 00000000";

  @Test
  void fileOfFfmpeg_fedInAnyPieces_holdsThePacketsThatFfprobeLists() throws IOException {
    List<String> expected =
        new String(resource("/flv/ffmpeg.packets.csv"), StandardCharsets.UTF_8).lines().toList();

    SplitFeeder.each(
        resource("/flv/ffmpeg.flv"),
        pieces -> {
          FlvTagReader reader = new FlvTagReader(1 << 20);
          List<FlvTag> tags = new ArrayList<>();
          pieces.forEach(piece -> reader.read(piece, tags::add));
          assertThat(reader.isBetweenTags()).isTrue();
          assertThat(packets(tags)).isEqualTo(expected);
          assertThat(tags.getFirst()).isInstanceOf(FlvScriptTag.class);
        });
  }

  @Test
  void longTimestamp_inTag_hasItsHighByteLast() {
    assertThat(read(HEADER + "08 000001 000102 ff 000000 af 0000000c"))
        .containsExactly(new FlvAudioTag(0xff00_0102L, Bytes.ofHex("af")));
  }

  @Test
  void unknownAndEmptyTagsAndLongHeader_read_areSkipped() {
    String longHeader = "464c56 01 05 0000000b aabb 00000000";
    assertThat(
            read(
                longHeader
                    + "0f 000002 000000 00 000000 ffff 0000000d"
                    + "09 000000 000000 00 000000 0000000b"
                    + "09 000001 000005 00 000000 17 deadbeef"))
        .containsExactly(new FlvVideoTag(5, Bytes.ofHex("17")));
  }

  @Test
  void input_cutInsideATag_isNotBetweenTags() {
    FlvTagReader reader = new FlvTagReader(100);
    assertThat(reader.isBetweenTags()).isFalse();
    feed(reader, HEADER);
    assertThat(reader.isBetweenTags()).isTrue();
    feed(reader, "08 000002 000000 00 000000 af");
    assertThat(reader.isBetweenTags()).isFalse();
    feed(reader, "01");
    assertThat(reader.isBetweenTags()).isTrue();
  }

  @Test
  void unusableFiles_read_sayWhat() {
    assertThatThrownBy(() -> read("00000018 66747970 69736f6d"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("file starts with 000000186674797069");
    assertThatThrownBy(() -> read("464c56 01 05 00000008 00"))
        .isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> read(HEADER + "09 000065 000000 00 000000"))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("flv tag size 101 (expected: <= 100)");
    assertThatThrownBy(() -> read(HEADER + "29 000001 000000 00 000000"))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessage("FLV tag at offset 0xd is encrypted (expected: plain)");
  }

  /// Coded frames as `ffprobe -show_packets` prints them: kind, pts, dts, size, key flag.
  private static List<String> packets(List<FlvTag> tags) {
    List<String> lines = new ArrayList<>();
    for (FlvTag tag : tags) {
      switch (tag) {
        case FlvVideoTag(long timestamp, Bytes payload) -> {
          for (VideoPacket packet : VideoPackets.read(payload)) {
            if (packet instanceof VideoPacket.CodedFrame frame) {
              boolean key = frame.frameType() == VideoFrameType.KEY;
              lines.add(
                  "video,%d,%d,%d,%s"
                      .formatted(
                          timestamp + frame.compositionTimeMs(),
                          timestamp,
                          frame.payload().length(),
                          key ? "K_" : "__"));
            }
          }
        }
        case FlvAudioTag(long timestamp, Bytes payload) -> {
          for (AudioPacket packet : AudioPackets.read(payload)) {
            if (packet instanceof AudioPacket.CodedFrame frame) {
              lines.add(
                  "audio,%d,%d,%d,K_".formatted(timestamp, timestamp, frame.payload().length()));
            }
          }
        }
        case FlvScriptTag script -> assertThat(script.payload().isEmpty()).isFalse();
      }
    }
    return lines;
  }

  private static List<FlvTag> read(String hex) {
    List<FlvTag> tags = new ArrayList<>();
    new FlvTagReader(100).read(ByteBuffer.wrap(Bytes.ofHex(hex).toByteArray()), tags::add);
    return tags;
  }

  private static void feed(FlvTagReader reader, String hex) {
    reader.read(Bytes.ofHex(hex).asByteBuffer(), tag -> {});
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = FlvTagReaderTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }
}
