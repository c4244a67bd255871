package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import nova.core.Bytes;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamStarted;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.message.AudioMessage;
import nova.ingest.message.VideoMessage;
import org.junit.jupiter.api.Test;

/// What ends a connection that broke no protocol, and what its encoder is told.
class RefusalTest {
  @Test
  void pictureAboveTheLimit_isRefused_andTheEncoderIsTold() throws Exception {
    RtmpLimits d = RtmpLimits.defaults();
    try (TestServer server =
            TestServer.start(TestServer.config(source(50, 160, d.sourceHeight(), 120)));
        TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.headers();
      assertThat(client.status())
          .isEqualTo(
              "NetStream.Publish.Failed: Limit exceeded: source width 320 (expected: <= 160).");
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(server.refusals).containsEntry("source-width", 1);
    }
  }

  @Test
  void framesAboveTheRate_areRefused_andTheEncoderIsTold() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(source(50, 4_096, 2_160, 1)));
        TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.headers();
      client.audio(0);
      for (int ms = 0; ms < 4_000; ms += 40) {
        client.video(ms, ms == 0);
      }
      assertThat(client.status())
          .isEqualTo(
              "NetStream.Publish.Failed: Limit exceeded: source frame rate 4 (expected: <= 1).");
      assertThat(server.refusals).containsEntry("source-frame-rate", 1);
      assertThat(server.await(StreamRecovering.class).reason()).startsWith("Limit exceeded");
    }
  }

  @Test
  void bitsAboveTheRate_areRefused_andTheEncoderIsTold() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(source(1, 4_096, 2_160, 120)));
        TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.headers();
      for (int ms = 0; ms < 1_000; ms += 20) {
        client.send(new AudioMessage(1, ms, Bytes.wrap(new byte[100_000])));
      }
      assertThat(client.status())
          .isEqualTo(
              "NetStream.Publish.Failed: Limit exceeded: source megabits per second 2 (expected: <="
                  + " 1).");
    }
  }

  @Test
  void tracksThatAreNotCarried_endTheBroadcast_andTheEncoderIsTold() throws Exception {
    try (TestServer server = TestServer.start();
        TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      server.await(StreamStarted.class);
      client.send(new VideoMessage(1, 0, Bytes.ofHex("90 68766331 01010000")));
      client.send(new AudioMessage(1, 0, Bytes.ofHex("90 4f707573 4f70757348656164")));
      assertThat(client.status())
          .startsWith("NetStream.Publish.Failed: Nothing of this can be played: ")
          .contains("H.265", "H.264", "Opus", "AAC");
      assertThat(server.refusals).containsEntry("nothing-playable", 1);
    }
  }

  @Test
  void connectingAgain_buysNoMoreTimeToPublish() throws Exception {
    try (TestServer server =
            TestServer.start(TestServer.config(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        TestClient client = new TestClient(server.port())) {
      long deadline = System.nanoTime() + TestServer.PATIENCE.toNanos();
      while (server.refusals.isEmpty() && System.nanoTime() < deadline) {
        try {
          client.connect("live");
          client.await("_result");
        } catch (IOException e) {
          break; // closed
        }
      }
      assertThat(server.refusals).containsEntry("publish-timeout", 1);
    }
  }

  private static RtmpLimits source(int megabits, int width, int height, int frameRate) {
    RtmpLimits d = RtmpLimits.defaults();
    return new RtmpLimits(
        d.messageSize(),
        d.commandSize(),
        d.openMessages(),
        d.chunkStreams(),
        d.connectionsPerAddress(),
        d.connections(),
        d.publishFailuresPerMinute(),
        megabits,
        width,
        height,
        frameRate);
  }
}
