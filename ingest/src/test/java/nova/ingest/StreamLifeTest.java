package nova.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.ingest.publish.PublishDecision;
import org.junit.jupiter.api.Test;

class StreamLifeTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void lostConnection_andReturn_continueTheStreamAsANewEpoch() throws Exception {
    try (TestServer server = TestServer.start()) {
      StreamStarted started;
      try (TestClient client = live(server)) {
        started = server.await(StreamStarted.class);
        assertThat(server.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(0));
        client.video(40, false);
      }
      assertThat(server.await(StreamRecovering.class).stream()).isEqualTo(started.stream());
      try (TestClient client = live(server)) {
        assertThat(server.await(StreamResumed.class).stream()).isEqualTo(started.stream());
        assertThat(server.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
        client.video(40, false);
      }
      server.await(StreamRecovering.class);
      server.server().stopStream(started.stream(), "Stopped.");
      List<LogEntry> entries = server.readToEnd(started.stream());
      List<EpochStarted> epochs =
          entries.stream()
              .filter(EpochStarted.class::isInstance)
              .map(EpochStarted.class::cast)
              .toList();
      assertThat(epochs).hasSize(2);
      assertThat(epochs.get(1).firstSegment()).isGreaterThan(epochs.get(0).firstSegment());
      assertThat(entries)
          .filteredOn(EpochEnded.class::isInstance)
          .allMatch(e -> ((EpochEnded) e).end() == EpochEnd.CONNECTION_LOST);
      List<Long> dts =
          entries.stream()
              .filter(LoggedFrame.class::isInstance)
              .map(e -> ((LoggedFrame) e).frame())
              .filter(f -> f.track().equals(nova.core.TrackId.VIDEO))
              .map(nova.media.MediaFrame::dts)
              .toList();
      assertThat(dts).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void grace_thatPasses_endsTheStreamInError() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(SHORT, LONG))) {
      live(server).close();
      StreamRecovering recovering = server.await(StreamRecovering.class);
      assertThat(recovering.graceUntil()).isEqualTo(recovering.at().plus(SHORT));
      StreamError error = server.await(StreamError.class);
      assertThat(error.reason()).startsWith("The connection was lost. The broadcaster did not");
      assertThat(server.readToEnd(error.stream()).getLast())
          .isEqualTo(new StreamClosed(false, error.reason()));
    }
  }

  @Test
  void logThatGoesAway_losesTheBroadcaster_whoReturnsToTheSameStream() throws Exception {
    AwayLog away = new AwayLog();
    try (TestServer server = TestServer.startOver(TestServer.config(), away::over)) {
      try (TestClient client = live(server)) {
        server.await(EpochBegan.class);
        away.goAway();
        client.video(40, false);
        assertThat(client.status()).isEqualTo("NetStream.Publish.Failed: " + AwayLog.SENTENCE);
        assertThat(client.isClosedByServer()).isTrue();
      }
      StreamRecovering recovering = server.await(StreamRecovering.class);
      assertThat(recovering.reason()).isEqualTo(AwayLog.SENTENCE);
      try (TestClient early = TestClient.publishing(server.port(), "secret")) {
        assertThat(early.status()).isEqualTo("NetStream.Publish.Failed: " + AwayLog.SENTENCE);
      }
      away.comeBack();
      try (TestClient client = live(server)) {
        assertThat(server.await(StreamResumed.class).stream()).isEqualTo(recovering.stream());
        assertThat(server.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(1));
        client.video(40, false);
      }
      server.await(StreamRecovering.class);
      server.server().stopStream(recovering.stream(), "Stopped.");
      assertThat(server.readToEnd(recovering.stream()))
          .filteredOn(EpochStarted.class::isInstance)
          .extracting(entry -> ((EpochStarted) entry).firstSegment())
          .isSorted()
          .hasSize(2);
    }
  }

  @Test
  void logThatIsAway_refusesTheBroadcaster_andNoStreamBegins() throws Exception {
    AwayLog away = new AwayLog();
    away.goAway();
    try (TestServer server = TestServer.startOver(TestServer.config(), away::over)) {
      try (TestClient early = TestClient.publishing(server.port(), "secret")) {
        assertThat(early.status()).isEqualTo("NetStream.Publish.Failed: " + AwayLog.SENTENCE);
      }
      assertThat(server.refusals).containsEntry("log-unavailable", 1);
      assertThat(server.events).isEmpty();
      away.comeBack();
      live(server).close();
      assertThat(server.await(StreamStarted.class)).isNotNull();
    }
  }

  @Test
  void logThatIsAwayWhenTheGracePasses_endsTheStreamAllTheSame() throws Exception {
    AwayLog away = new AwayLog();
    try (TestServer server = TestServer.startOver(TestServer.config(SHORT, LONG), away::over)) {
      try (TestClient client = live(server)) {
        server.await(EpochBegan.class);
        away.goAway();
        client.video(40, false);
        assertThat(client.isClosedByServer()).isTrue();
      }
      assertThat(server.await(StreamError.class).reason())
          .startsWith(AwayLog.SENTENCE + " The broadcaster did not return");
    }
  }

  @Test
  void publisher_thatLeavesBeforeMedia_endsTheStream() throws Exception {
    try (TestServer server = TestServer.start()) {
      TestClient client = TestClient.publishing(server.port(), "secret");
      client.status();
      client.close();
      assertThat(server.await(StreamError.class).reason()).contains("had not sent any media");
    }
  }

  @Test
  void sameKey_takesOverAtOnce_threeTimesAMinute() throws Exception {
    try (TestServer server = TestServer.start()) {
      TestClient holder = live(server);
      server.await(EpochBegan.class);
      for (int i = 1; i <= 3; i++) {
        TestClient newcomer = live(server);
        assertThat(holder.status())
            .startsWith("NetStream.Publish.BadName: Another encoder at 127.0.0.1");
        assertThat(holder.isClosedByServer()).isTrue();
        holder.close();
        server.await(StreamResumed.class);
        assertThat(server.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(i));
        holder = newcomer;
      }
      try (TestClient fourth = TestClient.publishing(server.port(), "secret")) {
        assertThat(fourth.status()).startsWith("NetStream.Publish.BadName: This key is already");
      }
      holder.video(40, false);
      assertThat(server.events).noneMatch(StreamRecovering.class::isInstance);
      assertThat(server.refusals)
          .containsEntry("taken-over", 3)
          .containsEntry("too-many-takeovers", 1);
      holder.close();
    }
  }

  @Test
  void ghost_thatFallsSilent_losesTheStream() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(LONG, Duration.ofSeconds(1)))) {
      try (TestClient ghost = live(server)) {
        assertThat(server.await(StreamRecovering.class).reason())
            .isEqualTo("No media arrived for 1 s.");
        assertThat(ghost.status()).isEqualTo("NetStream.Publish.Failed: No media arrived for 1 s.");
        assertThat(ghost.isClosedByServer()).isTrue();
      }
    }
  }

  @Test
  void stream_isMeasuredEachSecond() throws Exception {
    try (TestServer server = TestServer.start();
        TestClient client = live(server)) {
      for (int ms = 40; ms < 9_000; ms += 40) {
        client.video(ms, false);
        client.audio(ms);
      }
      StreamMeasured measured = server.await(StreamMeasured.class);
      while (measured.health().receivedFrames() < 447) {
        measured = server.await(StreamMeasured.class);
      }
      assertThat(measured.health().frameRate()).isEqualTo(25);
      assertThat(measured.health().keyframeIntervalMs()).isEqualTo(8_960);
      assertThat(measured.health().videoBitrateBps()).isEqualTo(25 * 8 * 8);
      assertThat(measured.health().receivedBytes()).isPositive();
      assertThat(measured.health().advice()).contains("keyframe interval is 9.0 s, set 2 s");
    }
  }

  @Test
  void end_tellsTheFinalCounts_ofAllConnections() throws Exception {
    try (TestServer server = TestServer.start()) {
      TestClient ghost = live(server);
      StreamStarted started = server.await(StreamStarted.class);
      server.await(EpochBegan.class);
      ghost.video(40, false);
      try (TestClient client = live(server)) {
        server.await(EpochBegan.class);
        client.video(40, false);
        stop(server, started);
        StreamEnded ended = server.await(StreamEnded.class);
        assertThat(ended.health().receivedFrames()).isEqualTo(frames(server, started.stream()));
        assertThat(ended.health().receivedBytes()).isPositive();
      }
      ghost.close();
    }
  }

  @Test
  void lostConnection_countsToItsLastFrame() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(SHORT, LONG))) {
      try (TestClient client = live(server)) {
        for (int ms = 40; ms < 400; ms += 40) {
          client.video(ms, false);
        }
      }
      StreamError error = server.await(StreamError.class);
      assertThat(error.health().orElseThrow().receivedFrames())
          .isEqualTo(frames(server, error.stream()));
    }
  }

  @Test
  void silence_countsToTheLastFrameBeforeIt() throws Exception {
    try (TestServer server = TestServer.start(TestServer.config(SHORT, SHORT));
        TestClient _ = live(server)) {
      StreamError error = server.await(StreamError.class);
      assertThat(error.reason()).startsWith("No media arrived");
      assertThat(error.health().orElseThrow().receivedFrames())
          .isEqualTo(frames(server, error.stream()))
          .isEqualTo(2);
    }
  }

  @Test
  void acceptedKey_isToldWheneverItOpensTheChannel() throws Exception {
    StreamKeyId key = StreamKeyId.random();
    try (TestServer server = accepting(Optional.of(key), Optional.empty())) {
      live(server).close();
      assertThat(server.await(StreamStarted.class).key()).contains(key);
      try (TestClient _ = live(server)) {
        assertThat(server.await(StreamResumed.class).key()).contains(key);
      }
    }
  }

  @Test
  void preparedId_isOfTheNextStream_andOfNoneAfterIt() throws Exception {
    StreamId prepared = new StreamId("prepared");
    try (TestServer server = accepting(Optional.empty(), Optional.of(prepared))) {
      try (TestClient _ = live(server)) {
        StreamStarted started = server.await(StreamStarted.class);
        assertThat(started.stream()).isEqualTo(prepared);
        assertThat(started.key()).isEmpty();
        server.await(EpochBegan.class);
        assertThat(stop(server, started)).isTrue();
        server.await(StreamEnded.class);
      }
      try (TestClient _ = live(server)) {
        assertThat(server.await(StreamStarted.class).stream()).isNotEqualTo(prepared);
      }
    }
  }

  @Test
  void stop_tellsTheEncoder_andEndsTheStream() throws Exception {
    try (TestServer server = TestServer.start();
        TestClient client = live(server)) {
      StreamStarted started = server.await(StreamStarted.class);
      server.await(EpochBegan.class);
      assertThat(stop(server, started)).isTrue();
      assertThat(client.status()).endsWith(": Maintenance.");
      assertThat(server.await(StreamEnded.class).reason()).isEqualTo("Maintenance.");
      assertThat(stop(server, started)).isFalse();
    }
  }

  @Test
  void close_endsStreamsCleanly() throws Exception {
    TestServer server = TestServer.start();
    TestClient client = live(server);
    StreamStarted started = server.await(StreamStarted.class);
    server.await(EpochBegan.class);
    server.close();
    assertThat(client.status()).endsWith(": The server is shutting down.");
    server.await(StreamEnded.class);
    assertThat(server.readToEnd(started.stream()).getLast())
        .isEqualTo(new StreamClosed(true, "The server is shutting down."));
  }

  @Test
  void removedLog_endsTheStream_andTheNextBroadcastIsAnother() throws Exception {
    try (TestServer server = TestServer.start()) {
      StreamId stream;
      try (TestClient client = live(server)) {
        stream = server.await(EpochBegan.class).stream();
        server.frameLog.remove(stream);
        client.video(40, false);
        assertThat(client.status())
            .startsWith("NetStream.Publish.Failed: The server could not process this stream");
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(server.await(StreamError.class).health()).isPresent();
      }
      try (TestClient _ = live(server)) {
        assertThat(server.await(StreamStarted.class).stream()).isNotEqualTo(stream);
        assertThat(server.await(EpochBegan.class).epoch()).isEqualTo(new Epoch(0));
      }
      assertThat(server.refusals).containsOnly(Map.entry("stream-failed", 1));
    }
  }

  @Test
  void streamThatFailsElsewhere_endsAtOnce_andItsEncoderIsTold() throws Exception {
    try (TestServer server = TestServer.start();
        TestClient client = live(server)) {
      StreamId stream = server.await(EpochBegan.class).stream();
      server.publish(failure(stream));
      assertThat(client.status())
          .startsWith("NetStream.Publish.Failed: The server could not process this stream");
      assertThat(server.await(StreamError.class)).isEqualTo(failure(stream));
      StreamError told = server.await(StreamError.class);
      assertThat(told.health()).isPresent();
      assertThat(server.readToEnd(stream).getLast())
          .isEqualTo(new StreamClosed(false, told.reason()));
    }
  }

  @Test
  void streamThatIsToStop_asAnotherServerWasAsked_endsAndItsEncoderIsTold() throws Exception {
    try (TestServer server = TestServer.start();
        TestClient client = live(server)) {
      StreamId stream = server.await(EpochBegan.class).stream();
      server.publish(
          new StreamStopRequested(new StreamId("another"), Instant.EPOCH, "Not this one."));
      server.publish(new StreamStopRequested(stream, Instant.EPOCH, "Lights out."));
      assertThat(client.status()).endsWith("Lights out.");
      assertThat(server.await(StreamEnded.class).reason()).isEqualTo("Lights out.");
      assertThat(server.readToEnd(stream).getLast())
          .isEqualTo(new StreamClosed(true, "Lights out."));
    }
  }

  @Test
  void streamThatFails_whileItsBroadcasterIsAwaited_isNotResumed() throws Exception {
    try (TestServer server = TestServer.start()) {
      live(server).close();
      StreamId stream = server.await(StreamRecovering.class).stream();
      server.publish(failure(stream));
      server.frameLog.remove(stream);
      try (TestClient _ = live(server)) {
        assertThat(server.await(StreamStarted.class).stream()).isNotEqualTo(stream);
        server.await(EpochBegan.class);
      }
    }
  }

  private static StreamError failure(StreamId stream) {
    return new StreamError(stream, Instant.EPOCH, "packaging failed: disk", Optional.empty());
  }

  @Test
  void takenPort_isTheSystemsFailure() throws Exception {
    try (TestServer server = TestServer.start()) {
      RtmpConfig d = TestServer.config();
      RtmpConfig same =
          new RtmpConfig(
              "127.0.0.1",
              server.port(),
              1,
              d.handshakeTimeout(),
              d.publishTimeout(),
              d.silenceTimeout(),
              d.grace(),
              3,
              d.keepLog(),
              d.limits());
      assertThatThrownBy(() -> TestServer.start(same))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ddress already in use");
    }
  }

  private static boolean stop(TestServer server, StreamStarted started) throws Exception {
    return server
        .server()
        .stopStream(started.stream(), "Maintenance.")
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  private static TestServer accepting(Optional<StreamKeyId> key, Optional<StreamId> prepared)
      throws IOException {
    return TestServer.start(
        TestServer.config(),
        _ ->
            CompletableFuture.completedStage(
                new PublishDecision.Accepted(new ChannelSlug("live"), key, prepared)));
  }

  private static long frames(TestServer server, StreamId stream) {
    return server.readToEnd(stream).stream().filter(LoggedFrame.class::isInstance).count();
  }

  /// A publisher that sent its headers and a first frame of each track.
  private static TestClient live(TestServer server) throws IOException {
    TestClient client = TestClient.publishing(server.port(), "secret");
    assertThat(client.status()).startsWith("NetStream.Publish.Start");
    client.headers();
    client.video(0, true);
    client.audio(0);
    return client;
  }
}
