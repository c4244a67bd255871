package nova.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.FourCc;
import nova.media.flv.AudioPacket.CodedFrame;
import nova.media.flv.AudioPacket.MultichannelConfig;
import nova.media.flv.AudioPacket.SequenceEnd;
import nova.media.flv.AudioPacket.SequenceStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AudioPacketsTest {
  @Test
  void legacyAac_messagesOfObs_becomePackets() {
    assertThat(read("af 00 119056e500"))
        .containsExactly(new SequenceStart(0, FlvCodecs.AAC, Bytes.ofHex("119056e500")));
    assertThat(read("af 01 211004608c1c"))
        .containsExactly(new CodedFrame(0, FlvCodecs.AAC, 0, Bytes.ofHex("211004608c1c")));
  }

  @Test
  void enhancedAac_secondTrackOfObs_hasItsTrackId() {
    assertThat(read("95 00 6d703461 01 119056e500"))
        .containsExactly(new SequenceStart(1, FlvCodecs.AAC, Bytes.ofHex("119056e500")));
    assertThat(read("95 01 6d703461 01 211004608c1c"))
        .containsExactly(new CodedFrame(1, FlvCodecs.AAC, 0, Bytes.ofHex("211004608c1c")));
    assertThat(read("95 04 6d703461 01 01 02 00000003"))
        .containsExactly(new MultichannelConfig(1, FlvCodecs.AAC, Bytes.ofHex("010200000003")));
    assertThat(read("90 6d703461 1190")).isEqualTo(read("af 00 1190"));
    assertThat(read("91 6d703461 21")).isEqualTo(read("af 01 21"));
    assertThat(read("92 6d703461")).containsExactly(new SequenceEnd(0, FlvCodecs.AAC));
  }

  @Test
  void multitrackAndModEx_together_areRead() {
    assertThat(read("97 02 0003e8 05 11 6d703461 00 000001 21 03 000002 2223"))
        .containsExactly(
            new CodedFrame(0, FlvCodecs.AAC, 1000, Bytes.ofHex("21")),
            new CodedFrame(3, FlvCodecs.AAC, 1000, Bytes.ofHex("2223")));
  }

  @Test
  void recordedOpus_read_isNamedWithAdvice() {
    FourCc opus = FourCc.of("Opus");
    List<AudioPacket> packets =
        RecordedMessages.of("ff81-av1-opus", 8).stream()
            .flatMap(message -> AudioPackets.read(message.payload()).stream())
            .toList();

    assertThat(packets.get(0)).isInstanceOf(SequenceStart.class);
    assertThat(packets.get(1))
        .isEqualTo(new MultichannelConfig(0, opus, Bytes.ofHex("010200000003")));
    assertThat(packets.subList(2, packets.size())).hasOnlyElementsOfType(CodedFrame.class);
    assertThatThrownBy(() -> FlvCodecs.audioFormat(opus, Bytes.EMPTY))
        .isInstanceOfSatisfying(
            UnsupportedMediaException.class, e -> assertThat(e.reason()).isEqualTo("audio-codec"))
        .hasMessage("audio is Opus [Opus] (expected: AAC); set the audio encoder to AAC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "af 00", "af 01", "90 4f707573", "91 6d703461"})
  void messagesWithoutContent_read_giveNoPackets(String hex) {
    assertThat(read(hex)).isEmpty();
  }

  @Test
  void unusableMessages_read_sayWhat() {
    assertReason("af", "truncated-audio-message", MalformedMediaException.class);
    assertReason("af 02 00", "bad-audio-packet-type", MalformedMediaException.class);
    assertReason("95 55 6d703461 01 00", "bad-multitrack", MalformedMediaException.class);
    assertReason("93 6d703461 00", "audio-packet-type", UnsupportedMediaException.class);
    assertReason("2f 00", "audio-codec", UnsupportedMediaException.class);
    assertThatThrownBy(() -> read("2f 00")).hasMessageStartingWith("audio is MP3 (expected: AAC)");
    assertThatThrownBy(() -> read("b2 00")).hasMessageContaining("Speex");
  }

  private static List<AudioPacket> read(String hex) {
    return AudioPackets.read(Bytes.ofHex(hex));
  }

  private static void assertReason(
      String hex, String reason, Class<? extends MediaException> family) {
    assertThatThrownBy(() -> read(hex))
        .isInstanceOfSatisfying(family, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
