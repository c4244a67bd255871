package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import nova.cluster.EmbeddedRedis;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import nova.segments.TimelineStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Timelines that one process writes and another reads, with Redis between them: as those of one
/// process, once they have arrived.
class ReplicatedTimelineStoreTest extends TimelineStoreContract {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private EmbeddedRedis redis;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.open();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    redis.close();
  }

  @Override
  protected TimelineStore newStore() {
    InMemoryTimelineStore written = inMemory();
    InMemoryTimelineStore read = inMemory();
    RedisMediaPublisher publisher =
        RedisMediaPublisher.start(
            connections(),
            written,
            new InMemorySegmentStore(SegmentStoreConfig.defaults()),
            new InMemoryPosterStore(),
            RedisMetrics.NONE,
            System::nanoTime,
            THREADS);
    opened.add(publisher);
    RedisTimelineReplica replica =
        RedisTimelineReplica.start(
            connections(),
            read,
            _ -> false,
            TimelineFallback.NONE,
            RedisMetrics.NONE,
            System::nanoTime,
            THREADS);
    opened.add(replica);
    return new Replicated(written, publisher, replica, read);
  }

  private static InMemoryTimelineStore inMemory() {
    return new InMemoryTimelineStore(
        (_, failure) -> {
          throw failure;
        });
  }

  private RedisConnections connections() {
    RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()));
    opened.add(connections);
    return connections;
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
