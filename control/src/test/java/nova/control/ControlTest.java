package nova.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.control.audit.Actor;
import nova.control.audit.AuditFilter;
import nova.control.channel.ChannelChange;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.TestDatabase;
import nova.control.metric.MetricsConfig;
import nova.control.stream.StreamFilter;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The whole control plane, on a database of its own.
class ControlTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId LIVE = new StreamId("live");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @TempDir private Path folder;

  private final FakeClock clock = new FakeClock();
  private final TestEvents its = new TestEvents(LIVE, clock);
  private final InProcessStreamEvents bus =
      new InProcessStreamEvents(
          (event, failure) -> {
            throw new AssertionError(failure);
          });
  private DatabaseConfig database;

  @BeforeEach
  void create() {
    database = DATABASE.createEmpty();
  }

  @Test
  void server_keepsItsName_andClosesWhatItLeftOnAir_butNotWhatOthersHave() {
    try (Control other = open("other")) {
      try (Control control = open("data")) {
        var _ = control.channels().create(SHOW, ChannelChange.NONE, Actor.SYSTEM);
        await()
            .atMost(DEADLINE)
            .until(() -> other.channels().list(Optional.empty(), 10).size() == 1);
      }
      // Events reach one server only, each its own.
      bus.publish(its.started(SHOW, Optional.empty()));
      bus.publish(its.epoch(0));
      await().atMost(DEADLINE).until(() -> state(other) == StreamState.ACTIVE);
      try (Control control = open("data")) {
        assertThat(state(control)).as("of the other server").isEqualTo(StreamState.ACTIVE);
        assertThat(control.databaseAnswers()).isTrue();
        assertThat(control.channels().directory().find(SHOW)).isPresent();
      }
    }
    clock.advance(Duration.ofMinutes(1));
    try (Control again = open("other")) {
      assertThat(state(again)).isEqualTo(StreamState.ERROR);
      assertThat(again.journalBacklog()).isZero();
      assertThat(again.journalDropped()).isZero();
      assertThat(again.audit().list(AuditFilter.ALL, OptionalLong.empty(), 1))
          .extracting(entry -> entry.action())
          .containsExactly("stream-error");
    }
  }

  @Test
  void nameThatCannotBeRead_isSaid_andNothingIsLeftOpen() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path _ = Files.writeString(data.resolve("node"), "nobody");
    assertThatThrownBy(() -> open("data").close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("nobody")
        .hasMessageContaining(data.resolve("node").toString());
    Files.delete(data.resolve("node"));
    try (Control control = open("data")) {
      assertThat(control.streams().list(StreamFilter.ALL, Optional.empty(), 10)).isEmpty();
    }
    String name = Files.readString(data.resolve("node"));
    open("data").close();
    assertThat(data.resolve("node")).hasContent(name);
  }

  @Test
  void startThatFails_tellsWhy_whateverDoesNotClose() {
    AtomicBoolean subscribed = new AtomicBoolean();
    StreamEvents unclosable =
        new StreamEvents() {
          @Override
          public void publish(StreamEvent event) {
            bus.publish(event);
          }

          @Override
          public Subscription subscribe(Subscriber subscriber) {
            subscribed.set(true);
            return () -> {
              throw new IllegalStateException("does not close");
            };
          }
        };
    ThreadFactory untilSubscribed =
        work -> {
          if (subscribed.get()) {
            throw new IllegalStateException("no more threads");
          }
          return Thread.ofVirtual().unstarted(work);
        };
    assertThatThrownBy(() -> open("data", unclosable, untilSubscribed).close())
        .hasMessage("no more threads")
        .satisfies(
            why ->
                assertThat(why.getSuppressed()[0].getSuppressed()[0]).hasMessage("does not close"));
  }

  @Test
  void whatWasPublished_isWrittenWhenItCloses() {
    try (Control control = open("data")) {
      var _ = control.channels().create(SHOW, ChannelChange.NONE, Actor.SYSTEM);
      bus.publish(its.started(SHOW, Optional.empty()));
      bus.publish(its.epoch(0));
      bus.publish(its.ended(7));
    }
    try (Control control = open("data")) {
      assertThat(control.streams().find(LIVE).totals().receivedFrames()).isEqualTo(7);
      assertThat(control.qualityLevels().list()).hasSize(3);
      assertThat(control.currentLevels().enabled()).hasSize(3);
      assertThat(List.of(control.tokens().createFirst(), control.tokens().createFirst()))
          .extracting(Optional::isPresent)
          .containsExactly(true, false);
    }
  }

  private static StreamState state(Control control) {
    return control.streams().list(StreamFilter.ALL, Optional.empty(), 10).stream()
        .findFirst()
        .map(stream -> stream.state())
        .orElse(StreamState.PENDING_INGEST);
  }

  private Control open(String data) {
    return open(data, bus, Thread.ofVirtual().factory());
  }

  private Control open(String data, StreamEvents events, ThreadFactory threads) {
    return Control.open(
        new ControlConfig(folder.resolve(data), database, MetricsConfig.defaults()),
        new ControlPorts(
            events,
            new TestBroadcasts(),
            new CaffeineStreamKeyCache(clock::nanoTime),
            clock,
            clock::nanoTime,
            new SecureRandom(),
            threads));
  }
}
