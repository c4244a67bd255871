package nova.ingest.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import nova.core.Bytes;
import nova.ingest.Capture;
import nova.ingest.handshake.DigestHandshake.Found;
import nova.ingest.handshake.DigestHandshake.Scheme;
import nova.ingest.handshake.DigestHandshake.Signer;
import nova.ingest.handshake.ServerHandshake.Verdict;
import nova.testkit.Seeds;
import nova.testkit.SplitFeeder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
  @ParameterizedTest
  @EnumSource(Capture.class)
  void capture_fedInAnyPieces_shakesHandsAndLeavesTheChunks(Capture capture) {
    byte[] bytes = Arrays.copyOf(capture.bytes(), Capture.HANDSHAKE + 7);
    SplitFeeder.each(
        bytes,
        pieces -> {
          ServerHandshake handshake = new ServerHandshake(new Random(1));
          Verdict verdict = Verdict.INCOMPLETE;
          int left = 0;
          int answers = 0;
          for (ByteBuffer piece : pieces) {
            if (verdict == Verdict.INCOMPLETE) {
              verdict = handshake.read(piece);
              answers += handshake.takeAnswer().isPresent() ? 1 : 0;
            }
            left += piece.remaining();
          }
          assertThat(verdict).isEqualTo(Verdict.DONE);
          assertThat(answers).isEqualTo(1);
          assertThat(left).isEqualTo(7);
        });
  }

  @Test
  void digest_ofFfmpeg_isFoundAndAnswered() {
    byte[] c1 = Arrays.copyOfRange(Capture.FFMPEG_5.bytes(), 1, Capture.HELLO);
    Found found = DigestHandshake.find(c1, Signer.CLIENT).orElseThrow();

    ServerHandshake handshake = new ServerHandshake(new Random(1));
    handshake.read(ByteBuffer.wrap(Capture.FFMPEG_5.bytes(), 0, Capture.HELLO));
    Bytes answer = handshake.takeAnswer().orElseThrow();
    byte[] s1 = answer.slice(1, Capture.HELLO).toByteArray();
    byte[] s2 = answer.slice(Capture.HELLO).toByteArray();

    assertThat(DigestHandshake.find(s1, Signer.SERVER))
        .hasValueSatisfying(own -> assertThat(own.scheme()).isEqualTo(found.scheme()));
    assertThat(DigestHandshake.isSecondFor(found, s2, Signer.SERVER)).isTrue();
  }

  @Test
  void simpleHandshake_ofObs_getsItsOwnBytesBack() {
    byte[] hello = Arrays.copyOf(Capture.OBS_30.bytes(), Capture.HELLO);
    ServerHandshake handshake = new ServerHandshake(new Random(1));
    handshake.read(ByteBuffer.wrap(hello));
    Bytes answer = handshake.takeAnswer().orElseThrow();

    assertThat(answer.length()).isEqualTo(1 + 2 * 1_536);
    assertThat(answer.slice(0, 9).toHex()).isEqualTo("030000000000000000");
    assertThat(answer.slice(Capture.HELLO).toByteArray())
        .isEqualTo(Arrays.copyOfRange(hello, 1, hello.length));
  }

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void digest_ofBothSchemes_isFoundAgainAndNoOther(Scheme scheme) {
    Seeds.each(
        50,
        random -> {
          byte[] packet = DigestHandshake.first(scheme, 0x09007c02, Signer.CLIENT, random);
          assertThat(DigestHandshake.find(packet, Signer.CLIENT))
              .hasValueSatisfying(found -> assertThat(found.scheme()).isEqualTo(scheme));
          packet[random.nextInt(8, packet.length)] ^= 1;
          assertThat(DigestHandshake.find(packet, Signer.CLIENT)).isEmpty();
        });
  }

  @Test
  void client_andServer_shakeHandsWithEachOther() {
    ClientHandshake client = new ClientHandshake(new Random(1));
    ServerHandshake server = new ServerHandshake(new Random(2));
    assertThat(server.read(client.begin().asByteBuffer())).isEqualTo(Verdict.INCOMPLETE);
    ByteBuffer answer = server.takeAnswer().orElseThrow().asByteBuffer();
    Bytes c2 = client.read(answer).orElseThrow();
    assertThat(client.isDone()).isTrue();
    assertThat(server.read(c2.asByteBuffer())).isEqualTo(Verdict.DONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "OPTIONS * RTSP/1.0\r\n", "x"})
  void text_isTold(String request) {
    assertThat(read(request.getBytes(StandardCharsets.US_ASCII))).isEqualTo(Verdict.TEXT);
  }

  @Test
  void otherProtocols_areTold() {
    assertThat(read(HexFormat.of().parseHex("160301020001"))).isEqualTo(Verdict.TLS);
    assertThat(read(HexFormat.of().parseHex("80"))).isEqualTo(Verdict.UNKNOWN_VERSION);
    assertThat(read(HexFormat.of().parseHex("06000000"))).isEqualTo(Verdict.INCOMPLETE);
  }

  private static Verdict read(byte[] bytes) {
    return new ServerHandshake(new Random(1)).read(ByteBuffer.wrap(bytes));
  }
}
