package nova.ingest.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nova.core.Bytes;
import nova.ingest.chunk.RawMessage;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.amf0.Amf0Boolean;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0String;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class RtmpMessageTest {
  private record Vector(RtmpMessage message, int type, String payload) {}

  private static final List<Vector> VECTORS =
      List.of(
          new Vector(new SetChunkSize(4_096), 1, "00001000"),
          new Vector(new AbortMessage(5), 2, "00000005"),
          new Vector(new Acknowledgement(0xffff_fff0L), 3, "fffffff0"),
          new Vector(new UserControl.StreamBegin(1), 4, "000000000001"),
          new Vector(new UserControl.StreamEof(1), 4, "000100000001"),
          new Vector(new UserControl.PingRequest(0x1234), 4, "000600001234"),
          new Vector(new UserControl.PingResponse(0x1234), 4, "000700001234"),
          new Vector(new WindowAcknowledgementSize(2_500_000), 5, "002625a0"),
          new Vector(new SetPeerBandwidth(2_500_000, 2), 6, "002625a002"),
          new Vector(
              new CommandMessage(0, "createStream", 4, List.of(new Amf0Null())),
              20,
              "02000c63726561746553747265616d 004010000000000000 05"),
          new Vector(
              new DataMessage(1, 7, List.of(new Amf0String("a"), new Amf0Boolean(true))),
              18,
              "02000161 0101"),
          new Vector(new AudioMessage(1, 7, Bytes.ofHex("af00")), 8, "af00"),
          new Vector(new VideoMessage(1, 7, Bytes.ofHex("1702")), 9, "1702"));

  @Test
  void vectors_readAndWrite() {
    for (Vector vector : VECTORS) {
      RawMessage raw = RtmpMessageWriter.rawOf(vector.message);
      assertThat(raw.type()).isEqualTo(vector.type);
      assertThat(raw.payload()).isEqualTo(Bytes.ofHex(vector.payload));
      assertThat(RtmpMessageReader.read(raw)).isEqualTo(vector.message);
    }
  }

  @Test
  void amf3Command_withAndWithoutItsFormatByte_isRead() {
    String amf0 = "020004706c6179 003ff0000000000000 05";
    CommandMessage expected = new CommandMessage(1, "play", 1, List.of(new Amf0Null()));
    assertThat(read(17, "00" + amf0)).isEqualTo(expected);
    assertThat(read(17, amf0)).isEqualTo(expected);
    // an AMF3 value behind marker 11: true
    assertThat(read(17, "00 020001 61 003ff0000000000000 11 03"))
        .isEqualTo(new CommandMessage(1, "a", 1, List.of(new Amf0Boolean(true))));
    assertThat(read(15, "00 02000161 05"))
        .isEqualTo(new DataMessage(1, 0, List.of(new Amf0String("a"), new Amf0Null())));
  }

  @Test
  void aggregate_isUnpackedWithItsTimesShifted() {
    String audio = "08 000002 000064 00 000000 af01 0000000d"; // at 100 ms
    String video = "09 000001 000078 01 000000 17 0000000c"; // at 0x1000078
    AggregateMessage aggregate =
        (AggregateMessage)
            RtmpMessageReader.read(
                new RawMessage(22, 3, 1_000, Bytes.ofHex(audio + video + "08 0000ff 00")));
    assertThat(aggregate.messages())
        .containsExactly(
            new RawMessage(8, 3, 1_000, Bytes.ofHex("af01")),
            new RawMessage(9, 3, 1_000 + 0x1000078 - 100, Bytes.ofHex("17")));
    // the last back pointer may be missing
    assertThat(((AggregateMessage) read(22, "08 000001 000000 00 000000 af")).messages())
        .hasSize(1);
  }

  @Test
  void unknownTypesAndEvents_areIgnored() {
    assertThat(read(19, "00")).isEqualTo(new IgnoredMessage(19));
    assertThat(read(99, "")).isEqualTo(new IgnoredMessage(99));
    assertThat(read(4, "001f00000001")).isEqualTo(new UserControl.OtherEvent(31));
    assertThat(read(4, "0003 00000001 000003e8")).isEqualTo(new UserControl.OtherEvent(3));
  }

  @Test
  void brokenMessages_areMalformed() {
    assertThatThrownBy(() -> read(5, "002625"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage("control message type 5 of 3 bytes (expected: 4)");
    assertThatThrownBy(() -> read(20, "")).isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> read(20, "003ff0000000000000"))
        .isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> read(20, "02 00ff 61")).isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void anyBytes_areAMessageOrOneOfOurExceptions() {
    Seeds.each(
        3_000,
        random -> {
          byte[] payload = new byte[random.nextInt(64)];
          random.nextBytes(payload);
          if (payload.length > 0 && random.nextBoolean()) {
            payload[0] = (byte) random.nextInt(0x12);
          }
          try {
            RtmpMessage unused =
                RtmpMessageReader.read(
                    new RawMessage(random.nextInt(24), 1, 0, Bytes.wrap(payload)));
            assertThat(unused).isNotNull();
          } catch (MediaException e) {
            assertThat(e.reason()).isNotEmpty();
          }
        });
  }

  @Test
  void metadataObject_isReadAsValues() {
    DataMessage data = (DataMessage) read(18, "02000161 03 000177 004074000000000000 000009");
    assertThat(data.values().get(1))
        .isEqualTo(new Amf0Object(java.util.Map.of("w", new Amf0Number(320))));
  }

  private static RtmpMessage read(int type, String hex) {
    return RtmpMessageReader.read(new RawMessage(type, 1, 0, Bytes.ofHex(hex)));
  }
}
