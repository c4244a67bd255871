package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import nova.segments.TimelineStoreContract;
import org.junit.jupiter.api.AutoClose;

/// Timelines that one process writes and another reads, with Redis between them: as those of one
/// process, once they have arrived.
class ReplicatedTimelineStoreTest extends TimelineStoreContract {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  @AutoClose private final TestRedis redis = new TestRedis();

  @Override
  protected TimelineStore newStore() {
    InMemoryTimelineStore written = inMemory();
    InMemoryTimelineStore read = inMemory();
    RedisMediaPublisher publisher =
        redis.own(
            RedisMediaPublisher.start(
                redis.connections(),
                written,
                new InMemorySegmentStore(SegmentStoreConfig.defaults()),
                new InMemoryPosterStore(),
                RedisMetrics.NONE,
                System::nanoTime,
                THREADS));
    RedisTimelineReplica replica =
        redis.own(
            RedisTimelineReplica.start(
                redis.connections(),
                read,
                _ -> false,
                TimelineFallback.NONE,
                RedisMetrics.NONE,
                System::nanoTime,
                THREADS));
    return new Replicated(written, publisher, replica, read);
  }

  private static InMemoryTimelineStore inMemory() {
    return new InMemoryTimelineStore(
        (_, failure) -> {
          throw new AssertionError(failure);
        });
  }

  /// Returns from a change when the other process has it, and its listeners were told.
  private record Replicated(
      TimelineStore written,
      RedisMediaPublisher publisher,
      RedisTimelineReplica replica,
      TimelineStore read,
      AtomicLong token)
      implements TimelineStore {
    Replicated(
        TimelineStore written,
        RedisMediaPublisher publisher,
        RedisTimelineReplica replica,
        TimelineStore read) {
      this(written, publisher, replica, read, new AtomicLong());
    }

    @Override
    public boolean put(TimelineSnapshot snapshot) {
      StreamId stream = snapshot.stream();
      synchronized (publisher) {
        if (!publisher.owns(stream)) {
          publisher.own(stream, token.incrementAndGet(), () -> {});
        }
      }
      boolean isNews = written.put(snapshot);
      if (isNews) {
        await(
            "replicated",
            () -> read.find(stream).filter(r -> r.version() >= snapshot.version()).isPresent());
        Void _ = await(replica.refresh(stream)); // comes after what it is doing
      }
      return isNews;
    }

    @Override
    public void remove(StreamId stream) {
      written.remove(stream);
      await("removed", () -> read.find(stream).isEmpty() && !publisher.owns(stream));
      Void _ = await(replica.refresh(stream));
    }

    @Override
    public Optional<TimelineSnapshot> find(StreamId stream) {
      return read.find(stream);
    }

    @Override
    public Optional<TimelineSnapshot> findLatest(ChannelSlug channel) {
      return read.findLatest(channel);
    }

    @Override
    public List<TimelineSnapshot> all() {
      return read.all();
    }

    @Override
    public Registration listen(Listener listener) {
      return read.listen(listener);
    }
  }
}
