package nova.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.testkit.SplitFeeder;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {
  private static final RtmpLimits LIMITS = RtmpLimits.defaults();

  /// One wire picture and what it says.
  private record Vector(String name, String hex, List<RawMessage> messages) {
    Vector {
      messages = List.copyOf(messages);
    }
  }

  private static final List<Vector> VECTORS =
      List.of(
          new Vector(
              "fmt 0, csid 3",
              "03 000028 000003 14 01000000 aabbcc",
              List.of(message(20, 1, 40, "aabbcc"))),
          new Vector(
              "2-byte basic header, csid 64 + 5",
              "00 05 000028 000001 09 01000000 aa",
              List.of(message(9, 1, 40, "aa"))),
          new Vector(
              "3-byte basic header, csid 64 + 0x0102",
              "01 02 01 000028 000001 09 01000000 aa",
              List.of(message(9, 1, 40, "aa"))),
          new Vector(
              "fmt 0, 1, 2 and 3 in a row",
              "04 000064 000001 08 01000000 a1"
                  + " 44 000015 000002 08 b1b2"
                  + " 84 000016 c1c2"
                  + " c4 d1d2",
              List.of(
                  message(8, 1, 100, "a1"),
                  message(8, 1, 121, "b1b2"),
                  message(8, 1, 143, "c1c2"),
                  message(8, 1, 165, "d1d2"))),
          new Vector(
              "fmt 3 starts a message after fmt 0: adds its timestamp, when that can be a distance",
              "04 000017 000001 08 01000000 a1 c4 b1",
              List.of(message(8, 1, 23, "a1"), message(8, 1, 46, "b1"))),
          new Vector(
              "fmt 3 starts a message after fmt 0 of a late time: adds nothing",
              "04 0f0000 000001 08 01000000 a1 c4 b1",
              List.of(message(8, 1, 0x0f0000, "a1"), message(8, 1, 0x0f0000, "b1"))),
          new Vector(
              "fmt 1 on a fresh chunk stream counts as fmt 0 on stream 0",
              "42 000000 000006 04 000600000001",
              List.of(message(4, 0, 0, "000600000001"))),
          new Vector(
              "fmt 2 and 3 on fresh chunk streams are empty messages",
              "85 000000 c6",
              List.of(message(0, 0, 0, ""), message(0, 0, 0, ""))),
          new Vector("no payload", "04 000001 000000 08 01000000", List.of(message(8, 1, 1, ""))),
          new Vector(
              "set chunk size acts on the next chunk",
              "02 000000 000004 01 00000000 00000002"
                  + " 04 000000 000005 08 01000000 a1a2 c4 a3a4 c4 a5",
              List.of(message(1, 0, 0, "00000002"), message(8, 1, 0, "a1a2a3a4a5"))),
          new Vector(
              "two messages interleaved",
              "02 000000 000004 01 00000000 00000002"
                  + " 04 000000 000003 08 01000000 a1a2"
                  + " 06 000000 000003 09 01000000 b1b2"
                  + " c4 a3 c6 b3",
              List.of(
                  message(1, 0, 0, "00000002"),
                  message(8, 1, 0, "a1a2a3"),
                  message(9, 1, 0, "b1b2b3"))),
          new Vector(
              "abort drops the open message and keeps the header",
              "02 000000 000004 01 00000000 00000002"
                  + " 04 000000 000003 08 01000000 a1a2"
                  + " 02 000000 000004 02 00000000 0000 c2 0004"
                  + " c4 b1b2 c4 b3",
              List.of(
                  message(1, 0, 0, "00000002"),
                  message(2, 0, 0, "00000004"),
                  message(8, 1, 0, "b1b2b3"))),
          new Vector(
              "extended timestamp, repeated on fmt 3",
              "02 000000 000004 01 00000000 00000002"
                  + " 04 ffffff 000003 08 01000000 01000000 a1a2 c4 01000000 a3"
                  + " 44 000010 000001 08 b1",
              List.of(
                  message(1, 0, 0, "00000002"),
                  message(8, 1, 0x01000000, "a1a2a3"),
                  message(8, 1, 0x01000010, "b1"))),
          new Vector(
              "extended timestamp, not repeated on fmt 3",
              "02 000000 000004 01 00000000 00000002"
                  + " 04 ffffff 000007 08 01000000 01000000 a1a2 c4 0100 c4 00a6 c4 01"
                  + " 44 000010 000001 08 b1",
              List.of(
                  message(1, 0, 0, "00000002"),
                  message(8, 1, 0x01000000, "a1a2010000a601"),
                  message(8, 1, 0x01000010, "b1"))),
          new Vector(
              "extended timestamp of exactly 0xffffff",
              "04 ffffff 000001 08 01000000 00ffffff a1",
              List.of(message(8, 1, 0xffffff, "a1"))),
          new Vector(
              "extended delta that wraps 32 bits",
              "04 ffffff 000001 08 01000000 fffffff0 a1 44 000020 000001 08 b1",
              List.of(message(8, 1, 0xfffffff0L, "a1"), message(8, 1, 0x10, "b1"))));

  @Test
  void vectors_fedInAnyPieces_giveTheSameMessages() {
    for (Vector vector : VECTORS) {
      SplitFeeder.each(
          HexFormat.of().parseHex(vector.hex.replace(" ", "")),
          pieces ->
              assertThat(read(new ChunkReader(LIMITS), pieces))
                  .as(vector.name)
                  .isEqualTo(vector.messages));
    }
  }

  @Test
  void chunkSize_outOfRange_isMalformed() {
    assertThatThrownBy(() -> readHex("02 000000 000004 01 00000000 00000000"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage("chunk size 0 (expected: 1 to 2147483647)");
    assertThatThrownBy(() -> readHex("02 000000 000004 01 00000000 80000000"))
        .isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> readHex("02 000000 000003 01 00000000 000001"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage("control message type 1 of 3 bytes (expected: 4)");
  }

  @Test
  void message_longerThanACommand_isRefusedUntilMediaIsAllowed() {
    String header = "04 000000 010001 09 01000000";
    assertThatThrownBy(() -> readHex(header))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("rtmp message size 65537 (expected: <= 65536)");

    ChunkReader reader = new ChunkReader(LIMITS);
    reader.allowMedia();
    assertThat(read(reader, List.of(hex(header)))).isEmpty();
  }

  @Test
  void openMessages_togetherAboveTheLimit_areRefused() {
    RtmpLimits small =
        new RtmpLimits(
            DataSize.ofMiB(16),
            DataSize.ofKiB(64),
            DataSize.ofKiB(100),
            64,
            20,
            2_000,
            10,
            50,
            4_096,
            2_160,
            120);
    assertThatThrownBy(
            () ->
                read(
                    new ChunkReader(small),
                    List.of(
                        hex("04 000000 00ffff 09 01000000" + "00".repeat(128)),
                        hex("05 000000 00ffff 09 01000000" + "00".repeat(128)))))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("rtmp open messages 131070 (expected: <= 102400)");
  }

  @Test
  void chunkStreams_moreThanTheLimit_areRefused() {
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i <= 64; i++) {
      headers.append("00%02x 000000 000000 08 01000000".formatted(i));
    }
    assertThatThrownBy(() -> readHex(headers.toString()))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("rtmp chunk streams 65 (expected: <= 64)");
  }

  @Test
  void message_begunAgainBeforeItsEnd_replacesTheOpenOne() {
    ChunkReader reader = new ChunkReader(LIMITS);
    List<RawMessage> messages =
        read(
            reader,
            List.of(
                hex("04 000000 000100 09 01000000" + "00".repeat(128)),
                hex("04 000001 000001 09 01000000 aa")));
    assertThat(messages).containsExactly(message(9, 1, 1, "aa"));
    assertThat(reader.brokenMessages()).isEqualTo(1);
  }

  @Test
  void messages_begunAgainWithoutEnd_areRefusedAfterAThousand() {
    String chunksOfOneByte = "02 000000 000004 01 00000000 00000001";
    String begun = "04 000000 00ffff 09 01000000 aa";
    assertThat(readHex(chunksOfOneByte + begun.repeat(1_001))).hasSize(1);
    assertThatThrownBy(() -> readHex(chunksOfOneByte + begun.repeat(1_002)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("rtmp broken messages 1001 (expected: <= 1000)");
    String aborted = begun + "02 000000 000004 02 00000000 00 c2 00 c2 00 c2 04";
    assertThatThrownBy(() -> readHex(chunksOfOneByte + aborted.repeat(1_001)))
        .isInstanceOf(LimitExceededException.class);
  }

  @Test
  void longMessage_growsWithItsBytes_andArrivesWhole() {
    byte[] payload = new byte[5_000_000];
    new java.util.Random(1).nextBytes(payload);
    RawMessage message = new RawMessage(9, 1, 7, Bytes.wrap(payload));
    ChunkReader reader = new ChunkReader(LIMITS);
    reader.allowMedia();
    Bytes chunks = new ChunkWriter().write(6, message);
    assertThat(read(reader, List.of(chunks.asByteBuffer()))).containsExactly(message);
  }

  @Test
  void allMessages_ofAWriter_areReadBack() {
    nova.testkit.Seeds.each(
        200,
        random -> {
          ChunkWriter writer = new ChunkWriter();
          List<RawMessage> written = new ArrayList<>();
          ByteArrayOutputStream wire = new ByteArrayOutputStream();
          long timestamp = random.nextBoolean() ? 0 : 0xffff_0000L;
          for (int i = 0; i < 40; i++) {
            timestamp =
                Math.min(
                    0xffff_ffffL,
                    timestamp + random.nextInt(random.nextInt(8) == 0 ? 1 << 25 : 50));
            byte[] payload = new byte[random.nextInt(random.nextInt(4) == 0 ? 2_000 : 20)];
            random.nextBytes(payload);
            RawMessage message =
                random.nextInt(10) == 0
                    ? new RawMessage(
                        1,
                        0,
                        0,
                        Bytes.wrap(ByteBuffer.allocate(4).putInt(0, 1 + random.nextInt(500))))
                    : new RawMessage(8 + random.nextInt(2), 1, timestamp, Bytes.wrap(payload));
            written.add(message);
            int chunkStream =
                message.type() == 1
                    ? 2
                    : List.of(4, 63, 64, 319, 320, 65_599).get(random.nextInt(6));
            wire.writeBytes(writer.write(chunkStream, message).toByteArray());
          }
          assertThat(read(new ChunkReader(LIMITS), List.of(ByteBuffer.wrap(wire.toByteArray()))))
              .isEqualTo(written);
        });
  }

  private static List<RawMessage> readHex(String hex) {
    return read(new ChunkReader(LIMITS), List.of(hex(hex)));
  }

  private static List<RawMessage> read(ChunkReader reader, Iterable<ByteBuffer> pieces) {
    List<RawMessage> messages = new ArrayList<>();
    for (ByteBuffer piece : pieces) {
      reader.read(piece, messages::add);
      assertThat(piece.hasRemaining()).isFalse();
    }
    return messages;
  }

  private static ByteBuffer hex(String hex) {
    return Bytes.ofHex(hex).asByteBuffer();
  }

  private static RawMessage message(int type, int stream, long timestamp, String payload) {
    return new RawMessage(type, stream, timestamp, Bytes.ofHex(payload));
  }
}
