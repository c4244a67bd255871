package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whatever events come, in whatever order and however often, at two servers, and whatever
/// operators do: the rows and the entries are those of a small model.
class StreamLivesTest {
  private static final int STEPS = 50;
  private static final Actor ADA = new Actor(Actor.Kind.TOKEN, "7", "Ada", "192.0.2.1");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @Test
  void lives_areThoseOfTheModel() {
    Seeds.each(
        8,
        random -> {
          TestServer.empty(DATABASE.database());
          FakeClock clock = new FakeClock();
          try (TestServer a = TestServer.on(DATABASE.database(), clock);
              TestServer b = TestServer.on(DATABASE.database(), clock)) {
            new Run(random, clock, List.of(a, b)).check();
          }
        });
  }

  /// What a stream should be.
  private static final class Expected {
    final ChannelSlug channel;
    StreamState state = StreamState.PENDING_INGEST;
    int server = -1; // nowhere
    int epochs;
    int reconnects;
    long version = 1;
    long frames;

    Expected(ChannelSlug channel) {
      this.channel = channel;
    }

    boolean isLive() {
      return server >= 0 && !state.isOver();
    }

    boolean isPrepared() {
      return server < 0 && !state.isOver();
    }

    @Override
    public String toString() {
      return "%s %s epochs=%d reconnects=%d version=%d frames=%d prepared=%s"
          .formatted(channel, state, epochs, reconnects, version, frames, isPrepared());
    }
  }

  private static final class Run {
    private final Random random;
    private final FakeClock clock;
    private final List<TestServer> servers;
    private final List<ChannelSlug> channels =
        List.of(new ChannelSlug("show"), new ChannelSlug("other"));
    private final Map<StreamId, Expected> model = new LinkedHashMap<>();
    private long entries;
    private int made;

    Run(Random random, FakeClock clock, List<TestServer> servers) {
      this.random = random;
      this.clock = clock;
      this.servers = servers;
    }

    void check() {
      channels.forEach(servers.getFirst()::channel);
      entries = channels.size();
      for (int step = 0; step < STEPS; step++) {
        clock.advance(Duration.ofMillis(1 + random.nextInt(5_000)));
        if (random.nextInt(20) == 0) {
          clock.jumpWallClock(Duration.ofMinutes(-10));
        }
        String what = step();
        compare("step %d: %s".formatted(step, what));
      }
    }

    private String step() {
      return switch (random.nextInt(13)) {
        case 0, 1 -> begin();
        case 2 -> prepare();
        case 3 -> operate();
        case 4 -> random.nextInt(4) == 0 ? crash() : begin();
        default -> event();
      };
    }

    private String begin() {
      int server = random.nextInt(2);
      StreamId id = random.nextBoolean() ? any() : newId();
      ChannelSlug channel =
          model.containsKey(id) ? model.get(id).channel : channels.get(random.nextInt(2));
      StreamEvent event = new TestEvents(id, clock).started(channel, Optional.empty());
      write(server, event);
      Expected known = model.get(id);
      if (known == null || known.isPrepared()) {
        model.values().stream()
            .filter(other -> other.channel.equals(channel) && other.isLive())
            .forEach(
                other -> {
                  other.state = StreamState.ERROR;
                  tell();
                });
        Expected begun = model.computeIfAbsent(id, _ -> new Expected(channel));
        begun.server = server;
        tell();
      }
      return "at %d %s".formatted(server, event);
    }

    private String prepare() {
      ChannelSlug channel = channels.get(random.nextInt(2));
      boolean taken =
          model.values().stream()
              .anyMatch(stream -> stream.channel.equals(channel) && stream.isPrepared());
      try {
        ChannelStream prepared = server().streams().prepare(channel, StreamMetadata.NONE, ADA);
        assertThat(taken).as("one is prepared").isFalse();
        model.put(prepared.id(), new Expected(channel));
        entries++;
      } catch (ConflictingException e) {
        assertThat(taken).as("one is prepared").isTrue();
      }
      return "prepare for " + channel;
    }

    private String operate() {
      StreamId id = any();
      Expected known = model.get(id);
      if (known == null) {
        return "nothing";
      }
      if (random.nextBoolean()) {
        StreamChange change =
            new StreamChange(
                Optional.of("Title " + random.nextInt(3)), Optional.empty(), Optional.empty());
        long before = server().streams().find(id).version();
        known.version = server().streams().update(id, change, Optional.of(before), ADA).version();
        assertThat(known.version - before).isBetween(0L, 1L);
        entries += known.version - before;
        return "update of " + id;
      }
      int server = random.nextInt(2);
      stop(server, id, known);
      return "stop of %s at %d".formatted(id, server);
    }

    /// No server has a broadcast: what is on air is so by its row alone.
    private void stop(int server, StreamId id, Expected known) {
      boolean elsewhere = known.isLive() && known.server != server && !isGone(id);
      try {
        var _ = servers.get(server).streams().stop(id, "Stopped.", ADA);
        assertThat(known.state.isOver() || elsewhere).isFalse();
        entries++;
        if (known.isPrepared()) {
          known.state = StreamState.ENDED_GRACEFULLY;
        } else {
          known.state = StreamState.ERROR;
          tell();
        }
      } catch (ConflictingException e) {
        assertThat(e.reason()).isEqualTo(elsewhere ? "stream-elsewhere" : "stream-is-over");
        assertThat(known.state.isOver() || elsewhere).isTrue();
      }
    }

    private boolean isGone(StreamId id) {
      ChannelStream row = server().streams().find(id);
      Instant heard = row.reconnectUntil().or(row::seenAt).orElseThrow();
      return !heard.plus(Streams.GONE_AFTER).isAfter(clock.instant());
    }

    private String crash() {
      int server = random.nextInt(2);
      TestServer crashed = servers.get(server);
      List<StreamId> closed =
          crashed.inTransaction(
              handle -> crashed.recorder().closeLeftOver(handle, clock.instant()));
      List<StreamId> expected = new ArrayList<>();
      model.forEach(
          (id, stream) -> {
            if (stream.isLive() && stream.server == server) {
              stream.state = StreamState.ERROR;
              expected.add(id);
              tell();
            }
          });
      assertThat(closed).containsExactlyInAnyOrderElementsOf(expected);
      return "crash of " + server;
    }

    private String event() {
      int server = random.nextInt(2);
      StreamId id = any();
      TestEvents its = new TestEvents(id, clock);
      long frames = random.nextInt(10_000);
      Expected known = model.getOrDefault(id, new Expected(channels.getFirst()));
      boolean heard = known.isLive() && known.server == server;
      StreamEvent event =
          switch (random.nextInt(7)) {
            case 0, 1 -> its.epoch(Math.max(0, known.epochs - random.nextInt(2)));
            case 2 -> its.measured(frames);
            case 3 -> its.recovering();
            case 4 -> its.resumed(Optional.empty());
            case 5 -> its.ended(frames);
            default ->
                its.error(
                    random.nextBoolean()
                        ? Optional.of(TestEvents.health(frames))
                        : Optional.empty());
          };
      write(server, event);
      if (heard) {
        apply(known, event);
      }
      return "at %d %s".formatted(server, event);
    }

    private void apply(Expected stream, StreamEvent event) {
      switch (event) {
        case StreamEvent.EpochBegan e when e.epoch().number() == stream.epochs -> {
          stream.epochs++;
          if (stream.state == StreamState.RECONNECTING) {
            stream.reconnects++;
          }
          if (stream.state != StreamState.ACTIVE) {
            stream.state = StreamState.ACTIVE;
            tell();
          }
        }
        case StreamEvent.StreamMeasured e -> stream.frames = e.health().receivedFrames();
        case StreamEvent.StreamRecovering _ when stream.state != StreamState.PENDING_INGEST -> {
          stream.state = StreamState.RECONNECTING;
          tell();
        }
        case StreamEvent.StreamResumed _ -> tell();
        case StreamEvent.StreamEnded e -> {
          stream.state = StreamState.ENDED_GRACEFULLY;
          stream.frames = e.health().receivedFrames();
          tell();
        }
        case StreamEvent.StreamError e -> {
          stream.state = StreamState.ERROR;
          e.health().ifPresent(health -> stream.frames = health.receivedFrames());
          tell();
        }
        default -> {
          // does not fit
        }
      }
    }

    private void tell() {
      entries++;
    }

    private void write(int server, StreamEvent event) {
      TestServer at = servers.get(server);
      for (int times = 1 + random.nextInt(2); times > 0; times--) {
        StreamRecorder.Written _ = at.inTransaction(handle -> at.recorder().write(handle, event));
      }
    }

    private StreamId any() {
      List<StreamId> known = List.copyOf(model.keySet());
      return known.isEmpty()
          ? newId()
          : known.get(known.size() - 1 - random.nextInt(Math.min(4, known.size())));
    }

    private StreamId newId() {
      return new StreamId("stream" + made++);
    }

    private TestServer server() {
      return servers.get(random.nextInt(2));
    }

    private void compare(String what) {
      Map<StreamId, String> rows = new HashMap<>();
      for (ChannelStream row : server().streams().list(StreamFilter.ALL, Optional.empty(), 200)) {
        String text =
            "%s %s epochs=%d reconnects=%d version=%d frames=%d prepared=%s"
                .formatted(
                    row.channel(),
                    row.state(),
                    row.totals().epochs(),
                    row.totals().reconnects(),
                    row.version(),
                    row.totals().receivedFrames(),
                    row.isPrepared());
        rows.put(row.id(), text);
        assertThat(row.end().isPresent()).as(what).isEqualTo(row.state().isOver());
        assertThat(row.reconnectUntil().isPresent())
            .as(what)
            .isEqualTo(row.state() == StreamState.RECONNECTING);
      }
      Map<StreamId, String> expected = new HashMap<>();
      model.forEach((id, stream) -> expected.put(id, stream.toString()));
      assertThat(rows).as(what).isEqualTo(expected);
      assertThat(server().count("audit")).as("entries after %s", what).isEqualTo(entries);
    }
  }
}
