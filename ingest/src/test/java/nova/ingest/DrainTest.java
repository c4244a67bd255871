package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamId;
import nova.framelog.InProcessFrameLog;
import nova.ingest.publish.MemoryClaims;
import nova.media.amf0.Amf0Number;
import org.junit.jupiter.api.Test;

/// A server that is about to stop while another one goes on.
class DrainTest {
  private static final double CAPABLE_OF_ALL = 15;

  private final InProcessFrameLog log = TestServer.log();
  private final MemoryClaims claims = new MemoryClaims(InstantSource.system());

  @Test
  void encoderThatCanReconnect_isAskedTo_andGoesOnAtAnotherServer_withoutAPause() throws Exception {
    try (TestServer first = server("first");
        TestServer second = server("second")) {
      try (TestClient client = new TestClient(first.port())) {
        client.connect("live", Map.of("capsEx", new Amf0Number(CAPABLE_OF_ALL)));
        client.publish("secret");
        StreamId stream = live(first, client);
        var drained = first.server().drain().toCompletableFuture();
        assertThat(client.status())
            .isEqualTo(
                "NetConnection.Connect.ReconnectRequest: This server is shutting down; connect"
                    + " again to go on at another one.");
        client.video(40, false);
        assertThat(drained).isNotDone();
        try (TestClient moved = TestClient.publishing(second.port(), "secret")) {
          assertThat(client.isClosedByServer()).isTrue();
          drained.get(20, TimeUnit.SECONDS);
          assertThat(live(second, moved)).isEqualTo(stream);
        }
      }
      assertThat(first.events)
          .noneMatch(e -> e instanceof StreamRecovering || e instanceof StreamEnded);
    }
  }

  @Test
  void encoderThatCannotReconnect_isDisconnected_andItsStreamWaitsAtAnotherServer()
      throws Exception {
    try (TestServer first = server("first");
        TestServer second = server("second");
        TestClient client = TestClient.publishing(first.port(), "secret")) {
      StreamId stream = live(first, client);
      var drained = first.server().drain().toCompletableFuture();
      assertThat(client.status())
          .startsWith("NetStream.Publish.Failed: This server is shutting down");
      assertThat(client.isClosedByServer()).isTrue();
      drained.get(20, TimeUnit.SECONDS);
      assertThat(first.await(StreamRecovering.class).stream()).isEqualTo(stream);
      assertThat(second.await(StreamRecovering.class).stream()).isEqualTo(stream);
      try (TestClient returned = TestClient.publishing(second.port(), "secret")) {
        assertThat(second.await(StreamResumed.class).stream()).isEqualTo(stream);
        assertThat(returned.status()).startsWith("NetStream.Publish.Start");
        returned.headers();
        returned.video(0, true);
        returned.audio(0);
        assertThat(second.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
      }
      assertThat(first.events).noneMatch(e -> e instanceof StreamEnded || e instanceof StreamError);
    }
  }

  @Test
  void serverThatIsAlone_drainsNothing_andEndsItsStreamsWhenItCloses() throws Exception {
    TestServer server = TestServer.start();
    try (TestClient client = TestClient.publishing(server.port(), "secret")) {
      live(server, client);
      assertThat(server.server().drain()).isCompleted();
      client.video(40, false);
      server.close();
      assertThat(client.status()).endsWith(": The server is shutting down.");
    }
    assertThat(server.await(StreamEnded.class)).isNotNull();
  }

  private TestServer server(String node) throws IOException {
    return TestServer.startOneOfSeveral(TestServer.config(), log, claims.node(node));
  }

  private static StreamId live(TestServer server, TestClient client) throws IOException {
    assertThat(client.status()).startsWith("NetStream.Publish.Start");
    client.headers();
    client.video(0, true);
    client.audio(0);
    return server.await(EpochBegan.class).stream();
  }
}
