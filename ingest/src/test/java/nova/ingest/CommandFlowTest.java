package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamStarted;
import nova.ingest.message.Acknowledgement;
import nova.ingest.message.CommandMessage;
import nova.ingest.message.SetChunkSize;
import nova.ingest.message.UserControl;
import nova.ingest.message.VideoMessage;
import nova.ingest.message.WindowAcknowledgementSize;
import nova.ingest.publish.PublishDecision;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Undefined;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandFlowTest {
  private static final Amf0Null NULL = new Amf0Null();
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void publisher_isLetInStepByStep() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      assertThat(client.await(WindowAcknowledgementSize.class).windowBytes()).isPositive();
      assertThat(client.await(SetChunkSize.class).size()).isEqualTo(4_096);
      CommandMessage connected = client.await("_result");
      assertThat(connected.transaction()).isEqualTo(1);
      assertThat(TestClient.describe(connected)).startsWith("NetConnection.Connect.Success");

      client.command(0, "releaseStream", 2, NULL, new Amf0String("secret"));
      client.command(0, "FCPublish", 3, NULL, new Amf0String("secret"));
      client.command(0, "createStream", 4, NULL);
      client.command(0, "createStream", 5, NULL);
      assertThat(client.await("_result").arguments()).containsExactly(NULL, new Amf0Undefined());
      assertThat(client.await("_result").transaction()).isEqualTo(3);
      client.await("onFCPublish");
      assertThat(client.await("_result").arguments()).containsExactly(NULL, new Amf0Number(1));
      assertThat(client.await("_result").arguments()).containsExactly(NULL, new Amf0Number(2));

      client.command(2, "publish", 0, NULL, new Amf0String("secret?a=b"), new Amf0String("live"));
      CommandMessage status = client.await("onStatus");
      assertThat(status.streamId()).isEqualTo(2);
      assertThat(TestClient.describe(status)).startsWith("NetStream.Publish.Start");
      assertThat(server.await(StreamStarted.class).encoder()).isEqualTo("test");

      client.command(0, "FCUnpublish", 6, NULL, new Amf0String("secret"));
      assertThat(server.await(StreamEnded.class).reason())
          .isEqualTo("The broadcaster ended the stream.");
    }
  }

  @Test
  void transactionZero_getsNoAnswer_andUnknownCommandsAnError() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      client.await("_result");
      client.command(0, "releaseStream", 0, NULL, new Amf0String("secret"));
      client.command(0, "_checkbw", 0, NULL);
      client.command(0, "_result", 9, NULL);
      client.command(0, "_checkbw", 7, NULL);
      CommandMessage first = client.await(CommandMessage.class);
      assertThat(first.name()).isEqualTo("_error");
      assertThat(first.transaction()).isEqualTo(7);
    }
  }

  @Test
  void wrongKey_isDeniedInWords_andNotTriedForever() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (TestClient client = TestClient.publishing(server.port(), "guess" + i)) {
        assertThat(client.status())
            .isEqualTo("NetStream.Publish.Denied: The stream key is not known.");
        assertThat(client.isClosedByServer()).isTrue();
      }
    }
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      assertThat(client.status()).startsWith("NetStream.Publish.Denied: Too many refused");
    }
    assertThat(server.refusals)
        .containsEntry("unknown-key", 10)
        .containsEntry("too-many-publish-failures", 1);
  }

  @Test
  void keyThatCannotBeJudged_isNotAFailureOfTheAddress() throws Exception {
    server.close();
    AtomicBoolean away = new AtomicBoolean(true);
    server =
        TestServer.start(
            TestServer.config(),
            _ ->
                CompletableFuture.completedStage(
                    away.get()
                        ? new PublishDecision.Unavailable("database-away", "Try again soon.")
                        : new PublishDecision.Accepted(new ChannelSlug("live"))));
    for (int i = 0; i < 11; i++) {
      try (TestClient client = TestClient.publishing(server.port(), "secret")) {
        assertThat(client.status()).isEqualTo("NetStream.Publish.Failed: Try again soon.");
        assertThat(client.isClosedByServer()).isTrue();
      }
    }
    away.set(false);
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      assertThat(client.status()).startsWith("NetStream.Publish.Start");
    }
    assertThat(server.refusals).containsOnly(Map.entry("database-away", 11));
  }

  @Test
  void missingKey_isExplained() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("");
      client.command(1, "publish", 3, NULL, new Amf0String("/?token=1"), new Amf0String("live"));
      assertThat(client.status()).contains("The stream key is missing");
    }
    assertThat(server.refusals).containsEntry("missing-key", 1);
  }

  @Test
  void keyThatIsTooLong_isExplained() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      client.command(
          1, "publish", 3, NULL, new Amf0String("k".repeat(513)), new Amf0String("live"));
      assertThat(client.status()).contains("longer than 512 characters");
    }
    assertThat(server.refusals).containsEntry("missing-key", 1);
  }

  @Test
  void play_isRefusedWithTheWayToWatch() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      client.command(1, "play", 0, NULL, new Amf0String("live"));
      assertThat(client.status()).startsWith("NetStream.Play.Failed: ").contains("/watch/");
    }
  }

  @Test
  void secondPublish_onOneConnection_isRefusedAndTheFirstGoesOn() throws Exception {
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      assertThat(client.status()).startsWith("NetStream.Publish.Start");
      client.command(2, "publish", 0, NULL, new Amf0String("secret"), new Amf0String("live"));
      assertThat(client.status()).startsWith("NetStream.Publish.BadName");
      client.headers();
      client.video(0, true);
      server.await(EpochBegan.class);
    }
  }

  @Test
  void broadcastAfterBroadcast_onOneConnection_isAnotherStream() throws Exception {
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.command(0, "deleteStream", 0, NULL, new Amf0Number(1));
      client.status();
      StreamStarted first = server.await(StreamStarted.class);
      server.await(StreamEnded.class);
      client.command(1, "publish", 0, NULL, new Amf0String("secret"), new Amf0String("live"));
      assertThat(client.status()).startsWith("NetStream.Publish.Start");
      assertThat(server.await(StreamStarted.class).stream()).isNotEqualTo(first.stream());
    }
  }

  @Test
  void ping_isAnswered() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      client.send(new UserControl.PingRequest(4_711));
      assertThat(client.await(UserControl.PingResponse.class).timestamp()).isEqualTo(4_711);
    }
  }

  @Test
  void bytes_areAcknowledgedByTheWindow() throws Exception {
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.send(new WindowAcknowledgementSize(100_000));
      for (int i = 0; i < 3; i++) {
        client.send(new VideoMessage(1, i, Bytes.wrap(new byte[50_000])));
      }
      assertThat(client.await(Acknowledgement.class).receivedBytes()).isBetween(100_000L, 200_000L);
    }
  }

  @Test
  void http_getsOneSentence() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 400 ").contains("This port speaks RTMP, not HTTP.");
    }
    assertThat(server.refusals).containsEntry("http-on-rtmp-port", 1);
  }

  @Test
  void brokenChunks_endWithASentence() throws Exception {
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      client.status();
      client.send(new SetChunkSize(0));
      assertThat(client.status())
          .isEqualTo(
              "NetStream.Publish.Failed: Protocol error: chunk size 0 (expected: 1 to"
                  + " 2147483647).");
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(server.refusals).containsEntry("bad-chunk-size", 1);
  }

  @Test
  void hugeMessage_beforePublish_isRefused() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      client.sendRaw(Bytes.ofHex("04 000000 ffffff 09 01000000"));
      assertThat(client.status()).contains("rtmp message size 16777215 (expected: <= 65536)");
    }
  }

  @Test
  void brokenCommand_beforeConnect_endsWithAnError() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.sendRaw(Bytes.ofHex("03 000000 000003 14 00000000 020005"));
      assertThat(TestClient.describe(client.await("_error"))).contains("Protocol error");
    }
  }

  @Test
  void connections_fromOneAddress_areLimited() throws Exception {
    TestClient[] open = new TestClient[20];
    for (int i = 0; i < open.length; i++) {
      open[i] = new TestClient(server.port());
    }
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      assertThat(TestClient.describe(client.await("_error")))
          .startsWith("NetConnection.Connect.Rejected: 20 connections from this address");
    }
    for (TestClient client : open) {
      client.close();
    }
    assertThat(server.refusals).containsEntry("rtmp-connections-per-address", 1);
  }

  @Test
  void connection_thatSaysNothing_isClosed() throws Exception {
    server.close();
    server = TestServer.start(TestServer.config(Duration.ofSeconds(1), Duration.ofMillis(300)));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    try (TestClient client = new TestClient(server.port())) {
      client.connect("live");
      assertThat(client.status()).contains("No publish within");
    }
    assertThat(server.refusals)
        .containsEntry("handshake-timeout", 1)
        .containsEntry("publish-timeout", 1);
  }

  @Test
  void enhancedClient_learnsWhatWeTake() throws Exception {
    try (TestClient client = new TestClient(server.port())) {
      client.command(
          0,
          "connect",
          1,
          new Amf0Object(
              java.util.Map.of("app", new Amf0String("live"), "capsEx", new Amf0Number(3))));
      assertThat(client.await("_result").arguments().getLast().toString())
          .contains("videoFourCcInfoMap")
          .contains("avc1");
    }
  }
}
