package nova.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.StreamClosed;
import nova.ingest.TestClient;
import nova.ingest.TestServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Encoders that move between servers which share a log, and their channels through Redis.
class SharedIngestTest {
  private static final Duration TTL = Duration.ofMillis(900);

  @AutoClose private final TestRedis redis = new TestRedis();
  private final InProcessFrameLog log = TestServer.log();
  private RedisChannelClaims claimsHere;
  private TestServer here;
  private TestServer there;

  @BeforeEach
  void open() throws IOException {
    claimsHere = claims("here");
    here = server(claimsHere);
    there = server(claims("there"));
  }

  @Test
  void encoderThatIsLost_returnsToAnotherServer_andItsStreamGoesOn() throws Exception {
    StreamId stream;
    try (TestClient client = live(here)) {
      stream = here.await(StreamStarted.class).stream();
      here.await(EpochBegan.class);
      client.video(40, false);
    }
    assertThat(here.await(StreamRecovering.class).stream()).isEqualTo(stream);

    try (TestClient client = live(there)) {
      assertThat(there.await(StreamResumed.class).stream()).isEqualTo(stream);
      assertThat(there.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
      client.video(40, false);
      assertThat(there.server().stopStream(stream, "Enough.").toCompletableFuture().join())
          .isTrue();
    }
    assertThat(there.await(StreamEnded.class).stream()).isEqualTo(stream);
    assertThat(there.readToEnd(stream)).last().isEqualTo(new StreamClosed(true, "Enough."));
    assertThat(here.events)
        .as("it goes on elsewhere")
        .noneMatch(e -> e instanceof StreamEnded || e instanceof StreamError);

    try (TestClient _ = live(here)) {
      assertThat(here.await(StreamStarted.class).stream())
          .as("the channel is free")
          .isNotEqualTo(stream);
    }
  }

  @Test
  void encoderThatComesToAnotherServer_takesOver_andTheFirstIsTold() throws Exception {
    try (TestClient first = live(here)) {
      StreamId stream = here.await(EpochBegan.class).stream();
      try (TestClient second = live(there)) {
        assertThat(first.status())
            .startsWith("NetStream.Publish.BadName: Another encoder at 127.0.0.1");
        assertThat(first.isClosedByServer()).isTrue();
        assertThat(there.await(StreamResumed.class).stream()).isEqualTo(stream);
        assertThat(there.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
        second.video(40, false);
        assertThat(there.server().stopStream(stream, "Enough.").toCompletableFuture().join())
            .isTrue();
      }
      assertThat(epochs(there.readToEnd(stream))).containsExactly(0, 1);
      assertThat(here.events).noneMatch(StreamRecovering.class::isInstance);
    }
  }

  @Test
  void encodersThatComeToTwoServersAtOnce_haveOneStream_andOneOfThemWins() throws Exception {
    try (TestClient one = TestClient.publishing(here.port(), "secret");
        TestClient two = TestClient.publishing(there.port(), "secret")) {
      Thread feedOne = Thread.startVirtualThread(() -> feed(one));
      Thread feedTwo = Thread.startVirtualThread(() -> feed(two));
      TestConnections.await(
          "one of them is sent away and the other publishes",
          () ->
              here.refusals.containsKey("taken-over") != there.refusals.containsKey("taken-over")
                  && Stream.concat(here.events.stream(), there.events.stream())
                      .anyMatch(EpochBegan.class::isInstance));
      TestServer winner = here.refusals.containsKey("taken-over") ? there : here;
      StreamId stream = winner.await(EpochBegan.class).stream();
      assertThat(winner.server().stopStream(stream, "Enough.").toCompletableFuture().join())
          .isTrue();
      feedOne.join();
      feedTwo.join();
      List<Integer> epochs = epochs(winner.readToEnd(stream));
      assertThat(epochs).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void serverThatIsGone_leavesItsStreamToAnother_whereTheEncoderGoesOn() throws Exception {
    try (TestClient stale = live(here)) {
      StreamId stream = here.await(EpochBegan.class).stream();
      claimsHere.close(); // as if it hung

      StreamRecovering recovering = there.await(StreamRecovering.class);
      assertThat(recovering.stream()).isEqualTo(stream);
      assertThat(recovering.graceUntil()).isBefore(recovering.at().plusSeconds(30));
      try (TestClient client = live(there)) {
        assertThat(there.await(StreamResumed.class).stream()).isEqualTo(stream);
        assertThat(there.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
        client.video(40, false);

        stale.video(40, false);
        assertThat(stale.status())
            .as("nobody reads what it writes")
            .startsWith("NetStream.Publish.BadName: Another encoder");
        assertThat(there.server().stopStream(stream, "Enough.").toCompletableFuture().join())
            .isTrue();
      }
      assertThat(epochs(there.readToEnd(stream))).containsExactly(0, 1);
      assertThat(here.events)
          .noneMatch(
              e ->
                  e instanceof StreamEnded
                      || e instanceof StreamError
                      || e instanceof StreamRecovering);
    }
  }

  @Test
  void redisThatIsAway_refusesNewcomers_andLetsWhoPublishesGoOn() throws Exception {
    try (TestClient client = live(here)) {
      StreamId stream = here.await(EpochBegan.class).stream();
      redis.server.stop();
      TestConnections.await("newcomers are refused", this::isRefusedThere);
      client.video(40, false);
      try (TestClient newcomer = live(here)) {
        assertThat(here.await(StreamResumed.class).stream()).as("known here").isEqualTo(stream);
        redis.server.start();
        newcomer.video(40, false);
        assertThat(here.server().stopStream(stream, "Enough.").toCompletableFuture().join())
            .isTrue();
      }
    }
  }

  private boolean isRefusedThere() {
    try (TestClient newcomer = TestClient.publishing(there.port(), "secret")) {
      return newcomer
          .status()
          .equals(
              "NetStream.Publish.Failed: The server cannot check whether this key publishes"
                  + " elsewhere now, try again in a moment.");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Sends what a broadcast begins with, if it is let.
  private static void feed(TestClient client) {
    try {
      if (client.status().startsWith("NetStream.Publish.Start")) {
        client.headers();
        client.video(0, true);
        client.audio(0);
      }
    } catch (IOException e) {
      // it was sent away meanwhile
    }
  }

  private static List<Integer> epochs(List<LogEntry> entries) {
    return entries.stream()
        .filter(EpochStarted.class::isInstance)
        .map(entry -> ((EpochStarted) entry).epoch().number())
        .toList();
  }

  private TestServer server(RedisChannelClaims claims) throws IOException {
    return redis.own(TestServer.startOneOfSeveral(TestServer.config(), log, claims));
  }

  private RedisChannelClaims claims(String node) {
    return redis.own(
        RedisChannelClaims.open(
            redis.connections(),
            new NodeId(node),
            RedisMetrics.NONE,
            System::nanoTime,
            TTL,
            Thread.ofPlatform().daemon().factory()));
  }

  private static TestClient live(TestServer server) throws IOException {
    TestClient client = TestClient.publishing(server.port(), "secret");
    assertThat(client.status()).startsWith("NetStream.Publish.Start");
    client.headers();
    client.video(0, true);
    client.audio(0);
    return client;
  }
}
