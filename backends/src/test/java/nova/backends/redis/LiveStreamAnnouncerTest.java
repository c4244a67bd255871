package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.cluster.EmbeddedRedis;
import nova.core.ChannelSlug;
import nova.core.InProcessStreamEvents;
import nova.core.OwnStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import org.junit.jupiter.api.Test;

class LiveStreamAnnouncerTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final ChannelSlug CHANNEL = new ChannelSlug("show");

  @Test
  void stream_isAnnounced_untilAnybodySaysThatItIsOverOrElsewhere() {
    InProcessStreamEvents.FailedSubscriber strict =
        (_, failure) -> {
          throw new AssertionError(failure);
        };
    InProcessStreamEvents all = new InProcessStreamEvents(strict);
    OwnStreamEvents events = new OwnStreamEvents(all, strict);
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()));
        LiveStreamRegistry registry =
            LiveStreamRegistry.open(
                connections, RedisMetrics.NONE, Thread.ofPlatform().daemon().factory());
        LiveStreamAnnouncer _ = LiveStreamAnnouncer.start(registry, events)) {
      List<StreamEvent> farewells =
          List.of(
              new StreamEnded(stream(0), NOON, "over", StreamHealth.NOTHING),
              new StreamError(stream(1), NOON, "nobody receives it", Optional.empty()),
              new StreamMoved(stream(2), NOON, CHANNEL, 7));
      for (int i = 0; i < 4; i++) {
        events.publish(new StreamStarted(stream(i), NOON, CHANNEL, "", "", Optional.empty()));
      }
      await("all are announced", () -> await(registry.list()).size() == 4);

      farewells.forEach(all::publish); // as other processes say them

      AnnouncedStream left = new AnnouncedStream(stream(3), CHANNEL, NOON);
      await("one is left", () -> await(registry.list()).equals(List.of(left)));
    }
  }

  private static StreamId stream(int number) {
    return new StreamId("stream" + number);
  }
}
