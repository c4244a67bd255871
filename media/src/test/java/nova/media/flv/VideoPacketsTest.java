package nova.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.media.amf0.Amf0Reader;
import nova.media.amf0.Amf0String;
import nova.media.avc.NalUnits;
import nova.media.flv.VideoPacket.CodedFrame;
import nova.media.flv.VideoPacket.Metadata;
import nova.media.flv.VideoPacket.SequenceEnd;
import nova.media.flv.VideoPacket.SequenceStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VideoPacketsTest {
  @Test
  void legacyAvc_messagesOfObs_becomePackets() {
    assertThat(read("17 00 000000 01 42c00c ff"))
        .containsExactly(new SequenceStart(0, FlvCodecs.AVC, Bytes.ofHex("0142c00cff")));
    assertThat(read("27 01 000064 00000008 019e62"))
        .containsExactly(frame(0, VideoFrameType.INTER, 100, "00000008019e62"));
    assertThat(read("17 01 ffffd8 00000001 65"))
        .containsExactly(frame(0, VideoFrameType.KEY, -40, "0000000165"));
    assertThat(read("17 02 000000")).containsExactly(new SequenceEnd(0, FlvCodecs.AVC));
    assertThat(read("17 02")).containsExactly(new SequenceEnd(0, FlvCodecs.AVC));
  }

  @Test
  void enhancedAvc_singleTrack_becomesTheSamePackets() {
    assertThat(read("90 61766331 0142c00cff")).isEqualTo(read("17 00 000000 0142c00cff"));
    assertThat(read("91 61766331 000064 0000000165")).isEqualTo(read("17 01 000064 0000000165"));
    assertThat(read("a3 61766331 0000000141")).isEqualTo(read("27 01 000000 0000000141"));
    assertThat(read("92 61766331")).isEqualTo(read("17 02 000000"));
  }

  @Test
  void multitrack_oneTrackOfObs_hasItsTrackId() {
    assertThat(read("96 00 61766331 01 0142d00bff"))
        .containsExactly(new SequenceStart(1, FlvCodecs.AVC, Bytes.ofHex("0142d00bff")));
    assertThat(read("96 03 61766331 01 000002a6"))
        .containsExactly(frame(1, VideoFrameType.KEY, 0, "000002a6"));
    assertThat(read("a6 01 61766331 01 ffffff 0006"))
        .containsExactly(frame(1, VideoFrameType.INTER, -1, "0006"));
  }

  @Test
  void multitrack_manyTracks_readsEveryBody() {
    assertThat(read("a6 11 61766331  00 000004 000028 41  05 000005 000000 4243"))
        .containsExactly(
            frame(0, VideoFrameType.INTER, 40, "41"), frame(5, VideoFrameType.INTER, 0, "4243"));
    // Only codecs of the H.26x family have a composition time.
    assertThat(read("a6 21  61766331 00 000004 000028 41  61763031 02 000002 1200"))
        .containsExactly(
            frame(0, VideoFrameType.INTER, 40, "41"),
            new CodedFrame(2, FlvCodecs.AV1, VideoFrameType.INTER, 0, 0, Bytes.ofHex("1200")));
  }

  @Test
  void modEx_nanoseconds_areTakenAndOthersSkipped() {
    CodedFrame expected =
        new CodedFrame(0, FlvCodecs.AVC, VideoFrameType.INTER, 0, 500, Bytes.ofHex("41"));
    // One extension of three bytes, type 0, then coded frames without composition time.
    assertThat(read("a7 02 0001f4 03 61766331 41")).containsExactly(expected);
    // Before it one of type 9, and one with a 16-bit size of 300 bytes.
    assertThat(read("a7 00 aa 97  ff 012b" + "bb".repeat(300) + "97  02 0001f4 03 61766331 41"))
        .containsExactly(expected);
    // Too short to hold an offset; above the allowed range.
    assertThat(read("a7 01 ffff 03 61766331 41"))
        .containsExactly(frame(0, VideoFrameType.INTER, 0, "41"));
    assertThat(read("a7 02 ffffff 03 61766331 41"))
        .extracting(p -> ((CodedFrame) p).nanosecondOffset())
        .containsExactly(999_999);
  }

  @Test
  void metadataOfFfmpeg_withCommandFrameType_isMetadata() {
    List<VideoPacket> packets = new ArrayList<>();
    RecordedMessages.of("ff81-hevc-opus", 9)
        .forEach(message -> packets.addAll(VideoPackets.read(message.payload())));

    List<Metadata> metadata =
        packets.stream().filter(Metadata.class::isInstance).map(Metadata.class::cast).toList();
    assertThat(metadata).hasSize(1);
    assertThat(Amf0Reader.readAll(metadata.getFirst().amf()))
        .hasSize(2)
        .startsWith(new Amf0String("colorInfo"));
    assertThat(packets).allMatch(packet -> packet.codec().equals(FlvCodecs.HEVC));
    assertThat(packets)
        .filteredOn(CodedFrame.class::isInstance)
        .extracting(p -> ((CodedFrame) p).compositionTimeMs())
        .containsExactly(200, 80, 0, 40, 0, 0);
  }

  @Test
  void recordedAvc_everyFrame_isAValidAccessUnit() {
    int frames = 0;
    for (RecordedMessages.Message message : RecordedMessages.all()) {
      if (message.type() != 9) {
        continue;
      }
      for (VideoPacket packet : VideoPackets.read(message.payload())) {
        if (packet instanceof CodedFrame frame && frame.codec().equals(FlvCodecs.AVC)) {
          NalUnits units = NalUnits.of(frame.payload(), 4);
          assertThat(units.isKeyframe()).isEqualTo(frame.frameType() == VideoFrameType.KEY);
          frames++;
        } else if (packet instanceof SequenceStart(int track, var codec, Bytes configuration)
            && codec.equals(FlvCodecs.AVC)) {
          assertThat(track).isZero();
          assertThat(FlvCodecs.videoFormat(codec, configuration).width()).isEqualTo(320);
        }
      }
    }
    assertThat(frames).isGreaterThan(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing at all
        "17 01 000000", // a frame without content
        "17 00 000000", // a sequence header without content
        "57 00", // legacy command frames
        "57",
        "d0 01", // enhanced command frame, end of seek
        "90 61763031", // FFmpeg's first AV1 sequence start
        "91 61766331" // a coded frame that ends before its composition time
      })
  void messagesWithoutContent_read_giveNoPackets(String hex) {
    assertThat(read(hex)).isEmpty();
  }

  @Test
  void brokenMessages_read_sayWhat() {
    assertReason("17", "truncated-video-message", MalformedMediaException.class);
    assertReason("17 01 00", "truncated-video-message", MalformedMediaException.class);
    assertReason("17 03 000000", "bad-video-packet-type", MalformedMediaException.class);
    assertReason("07 01 000000", "bad-video-frame-type", MalformedMediaException.class);
    assertReason("67 01 000000", "bad-video-frame-type", MalformedMediaException.class);
    assertReason("90 6176", "truncated-video-message", MalformedMediaException.class);
    assertReason("a7 ff ffff 00", "truncated-video-message", MalformedMediaException.class);
    assertReason(
        "a6 11 61766331 00 0000ff 41", "truncated-video-message", MalformedMediaException.class);
    assertReason("a6 06 61766331 00", "bad-multitrack", MalformedMediaException.class);
    assertReason("a6 07 61766331 00", "bad-multitrack", MalformedMediaException.class);
    assertReason("a6 31 61766331 00", "bad-multitrack", MalformedMediaException.class);
    assertReason(
        "a6 13 61766331" + "00 000001 41".repeat(257),
        "bad-multitrack",
        MalformedMediaException.class);
    assertReason("95 61763031 00", "video-packet-type", UnsupportedMediaException.class);
    assertReason("9f 61766331 00", "video-packet-type", UnsupportedMediaException.class);
  }

  @Test
  void otherCodecs_read_areNamedWithAdvice() {
    assertThatThrownBy(() -> read("12 00"))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessage("video is Sorenson H.263 (expected: H.264); set the video encoder to H.264");
    assertThatThrownBy(() -> read("14 00")).hasMessageContaining("VP6");
    assertThatThrownBy(() -> read("1f 00")).hasMessageContaining("FLV codec 15");
    SequenceStart hevc = (SequenceStart) read("1c 00 000000 0101").getFirst();
    assertThat(hevc).isEqualTo(read("90 68766331 0101").getFirst());
    assertThatThrownBy(() -> FlvCodecs.videoFormat(hevc.codec(), hevc.configuration()))
        .isInstanceOfSatisfying(
            UnsupportedMediaException.class, e -> assertThat(e.reason()).isEqualTo("video-codec"))
        .hasMessageContaining("video is H.265 (HEVC) [hvc1] (expected: H.264)");
    assertThatThrownBy(() -> FlvCodecs.videoFormat(FlvCodecs.AV1, Bytes.ofHex("81")))
        .hasMessageContaining("AV1 [av01]");
  }

  private static CodedFrame frame(int track, VideoFrameType type, int composition, String hex) {
    return new CodedFrame(track, FlvCodecs.AVC, type, composition, 0, Bytes.ofHex(hex));
  }

  private static List<VideoPacket> read(String hex) {
    return VideoPackets.read(Bytes.ofHex(hex));
  }

  private static void assertReason(
      String hex, String reason, Class<? extends MediaException> family) {
    assertThatThrownBy(() -> read(hex))
        .isInstanceOfSatisfying(family, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
