package nova.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nova.ingest.Capture;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.RtmpMessage;
import nova.ingest.message.RtmpMessageReader;
import nova.ingest.message.VideoMessage;
import nova.testkit.SplitFeeder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CaptureChunksTest {
  @ParameterizedTest
  @EnumSource(Capture.class)
  void capture_fedInAnyPieces_givesTheSameMessages(Capture capture) {
    byte[] chunks = capture.chunks();
    List<RawMessage> whole = read(List.of(ByteBuffer.wrap(chunks)));
    SplitFeeder.each(chunks, pieces -> assertThat(read(pieces)).isEqualTo(whole));
  }

  @ParameterizedTest
  @CsvSource({
    // media messages as an independent decoder counted them when the bytes were recorded
    "OBS_30, 1864, 399, 25000",
    "FFMPEG_5, 565, 302, 11960",
    "FFMPEG_8_B_FRAMES, 565, 302, 11960",
    "FFMPEG_8_AUDIO_ONLY, 284, 0, 0",
    "FFMPEG_8_EXTENDED_TIMESTAMPS, 284, 152, 16780880",
    "GSTREAMER, 431, 252, 9965"
  })
  void capture_read_hasTheMediaThatWasCounted(
      Capture capture, int audio, int video, long lastVideoTimestamp) {
    List<RtmpMessage> messages =
        read(List.of(ByteBuffer.wrap(capture.chunks()))).stream()
            .map(RtmpMessageReader::read)
            .toList();
    assertThat(messages).filteredOn(m -> m instanceof AudioMessage).hasSize(audio);
    List<VideoMessage> videos =
        messages.stream()
            .filter(VideoMessage.class::isInstance)
            .map(VideoMessage.class::cast)
            .toList();
    assertThat(videos).hasSize(video);
    if (capture != Capture.OBS_30 && video > 0) {
      assertThat(videos.getLast().timestamp()).isEqualTo(lastVideoTimestamp);
    }
    assertThat(messages)
        .filteredOn(m -> m instanceof CommandMessage)
        .extracting(m -> ((CommandMessage) m).name())
        .startsWith("connect", "releaseStream", "FCPublish", "createStream", "publish");
  }

  @Test
  void extendedTimestamps_ofFfmpeg_areRead() {
    List<RawMessage> messages =
        read(List.of(ByteBuffer.wrap(Capture.FFMPEG_8_EXTENDED_TIMESTAMPS.chunks())));
    assertThat(messages.stream().filter(m -> m.type() == 9).skip(1).limit(3))
        .extracting(RawMessage::timestamp)
        .containsExactly(16_774_920L, 16_774_960L, 16_775_000L);
  }

  private static List<RawMessage> read(Iterable<ByteBuffer> pieces) {
    ChunkReader reader = new ChunkReader(RtmpLimits.defaults());
    reader.allowMedia();
    List<RawMessage> messages = new ArrayList<>();
    for (ByteBuffer piece : pieces) {
      reader.read(piece, messages::add);
    }
    return messages;
  }
}
