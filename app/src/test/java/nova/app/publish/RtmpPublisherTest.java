package nova.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.config.ConfigValue;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.framelog.InProcessFrameLog;
import nova.ingest.IngestPorts;
import nova.ingest.RtmpServer;
import nova.ingest.publish.IngestMetrics;
import nova.ingest.publish.LocalChannelClaims;
import nova.ingest.publish.PublishDecision;
import nova.ingest.publish.PublishRequest;
import nova.media.flv.FlvTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The publisher against the real RTMP server.
class RtmpPublisherTest {
  private final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
  private RtmpServer server;

  @BeforeEach
  void start() throws IOException {
    AppConfig config =
        new ConfigReader(warning -> {})
            .read(
                Optional.empty(),
                Map.of(),
                Map.of(
                    "rtmp.port", ConfigValue.of("0", "test"),
                    "rtmp.bind", ConfigValue.of("127.0.0.1", "test")));
    InProcessStreamEvents bus =
        new InProcessStreamEvents(
            (event, failure) -> {
              throw new AssertionError(failure);
            });
    StreamEvents.Subscription _ = bus.subscribe(events::add);
    server =
        RtmpServer.start(
            config.rtmp(),
            new IngestPorts(
                new InProcessFrameLog(config.frameLog()),
                new LocalChannelClaims(),
                bus,
                RtmpPublisherTest::authorize,
                IngestMetrics.NONE,
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                Thread::startVirtualThread));
  }

  private static CompletionStage<PublishDecision> authorize(PublishRequest request) {
    return CompletableFuture.completedStage(
        request.key().secret().equals("right-key")
            ? new PublishDecision.Accepted(new ChannelSlug("live"))
            : new PublishDecision.Refused("unknown-key", "The stream key is not known here."));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clip_becomes_a_stream_that_ends_when_the_publisher_says_so() throws Exception {
    try (RtmpPublisher publisher = RtmpPublisher.connect(target("right-key"))) {
      new Broadcast(
              () -> BroadcastTest.class.getResourceAsStream("/clip.flv"),
              false,
              Duration.ofMillis(500),
              System::nanoTime)
          .run(publisher);
    }

    StreamEvent.StreamStarted started = await(StreamEvent.StreamStarted.class);
    StreamEvent.EpochBegan epoch = await(StreamEvent.EpochBegan.class);
    assertThat(started.channel()).hasToString("live");
    assertThat(epoch.tracks()).hasSize(2);
    await(StreamEvent.StreamEnded.class);
  }

  @Test
  void server_that_has_left_needs_no_goodbye() throws Exception {
    RtmpPublisher publisher = RtmpPublisher.connect(target("right-key"));
    server.close();
    start(); // another server, for the end of the test
    FlvTag silence = new FlvTag.FlvAudioTag(0, Bytes.ofUtf8("\u0000"));
    assertThatThrownBy(
            () -> {
              while (true) { // until the publisher has noticed
                publisher.send(silence);
              }
            })
        .isInstanceOf(IOException.class);

    assertThatCode(publisher::close).doesNotThrowAnyException();
  }

  @Test
  void wrong_key_is_refused_with_the_servers_reason() {
    assertThatThrownBy(() -> RtmpPublisher.connect(target("wrong-key")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the server refused:")
        .hasMessageContaining("stream key")
        .message()
        .doesNotContain("wrong-key");
  }

  @Test
  void server_that_speaks_something_else_is_named() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answering =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket socket = other.accept()) {
                      socket
                          .getOutputStream()
                          .write("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.UTF_8));
                      socket.getInputStream().readAllBytes();
                    } catch (IOException e) {
                      // the publisher hung up, as it should
                    }
                  });
      PublishTarget target = new PublishTarget("127.0.0.1", other.getLocalPort(), "live", "k");

      assertThatThrownBy(() -> RtmpPublisher.connect(target))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("this is not an RTMP server");
      answering.join();
    }
  }

  private PublishTarget target(String key) {
    return new PublishTarget("127.0.0.1", server.address().getPort(), "live", key);
  }

  private <E extends StreamEvent> E await(Class<E> kind) throws InterruptedException {
    while (true) {
      StreamEvent event = events.poll(10, TimeUnit.SECONDS);
      assertThat(event).as("an event of kind %s within 10 s", kind.getSimpleName()).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }
}
