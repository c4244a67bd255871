package nova.backends.assignment;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.NodeId;
import nova.backends.redis.RedisConfig;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMediaPublisher;
import nova.backends.redis.RedisMediaReader;
import nova.backends.redis.RedisMetrics;
import nova.backends.redis.RedisPublishedMedia;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.StreamLeases;
import nova.backends.redis.TestConnections;
import nova.backends.redis.TimelineFallback;
import nova.backends.redis.TranscodeNodes;
import nova.cluster.EmbeddedRedis;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessRungLogs;
import nova.packager.Packager;
import nova.packager.PackagerConfig;
import nova.packager.PackagerMetrics;
import nova.packager.PackagerPorts;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;

/// What a transcode node is made of, with a packager as its only stage, wired as in a process of
/// its own.
///
/// *Thread-safe.*
final class TestNode implements AutoCloseable {
  final NodeId id;
  final List<StreamEvent> heard = new CopyOnWriteArrayList<>(); // by the stages
  final List<StreamId> released = new CopyOnWriteArrayList<>();
  final InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  final InProcessStreamEvents local = bus();
  final StreamLeases leases;
  final AssignedStreams assigned;
  final Packager packager;
  final TestLink link; // to Redis
  final AtomicLong aheadNanos = new AtomicLong(); // by which its assignment measures time
  private final RedisConnections connections;
  private final LiveStreamRegistry registry;
  private final TranscodeNodes nodes;
  private final RedisMediaPublisher publisher;
  private final RedisTimelineReplica replica;
  private volatile boolean killed;

  TestNode(
      String name,
      EmbeddedRedis redis,
      FrameLog frames,
      StreamEvents shared,
      PackagerConfig packaging) {
    var threads = Thread.ofVirtual().factory();
    id = new NodeId(name);
    link = new TestLink(redis.port());
    connections = TestConnections.open(RedisConfig.at(link.url()));
    leases = StreamLeases.open(connections, id, RedisMetrics.NONE, threads);
    registry = LiveStreamRegistry.open(connections, RedisMetrics.NONE, threads);
    nodes = TranscodeNodes.open(connections, RedisMetrics.NONE, threads);
    InMemoryPosterStore posters = new InMemoryPosterStore();
    publisher =
        RedisMediaPublisher.start(
            connections,
            timelines,
            segments,
            posters,
            RedisMetrics.NONE,
            System::nanoTime,
            threads);
    replica =
        RedisTimelineReplica.start(
            connections,
            timelines,
            publisher::owns,
            TimelineFallback.NONE,
            RedisMetrics.NONE,
            System::nanoTime,
            threads);
    FrameLogConfig logs = new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));
    packager =
        Packager.start(
            packaging,
            new PackagerPorts(
                new KeptFrameLog(frames),
                logs.keep(),
                new InProcessRungLogs(logs),
                segments,
                new RedisPublishedMedia(
                    RedisMediaReader.open(connections, RedisMetrics.NONE, System::nanoTime)),
                timelines,
                local,
                InstantSource.system(),
                System::nanoTime,
                threads,
                PackagerMetrics.NONE));
    var _ = local.subscribe(heard::add);
    assigned =
        AssignedStreams.start(
            new AssignmentPorts(
                id,
                10,
                untilKilled(shared),
                local,
                new Stages(),
                leases,
                registry,
                nodes,
                publisher,
                replica,
                timelines,
                segments,
                posters,
                InstantSource.system(),
                () -> System.nanoTime() + aheadNanos.get(),
                threads));
  }

  static InProcessStreamEvents bus() {
    return new InProcessStreamEvents(
        (_, failure) -> {
          throw new AssertionError(failure);
        });
  }

  private StreamEvents untilKilled(StreamEvents shared) {
    return new StreamEvents() {
      @Override
      public void publish(StreamEvent event) {
        if (!killed) {
          shared.publish(event);
        }
      }

      @Override
      public Subscription subscribe(Subscriber subscriber) {
        return shared.subscribe(
            event -> {
              if (!killed) {
                subscriber.onEvent(event);
              }
            });
      }
    };
  }

  /// Cut off from everybody at once, without a farewell, and goes on for itself.
  void kill() {
    killed = true;
    link.close();
  }

  /// Leaves in good order, but for what a process closes.
  void drain() {
    assigned.drain(AssignedStreams.HAND_OVER_LIMIT);
  }

  @Override
  public void close() {
    assigned.close();
    packager.close();
    replica.close();
    publisher.close();
    nodes.close();
    registry.close();
    leases.close();
    connections.close();
    link.close();
  }

  private final class Stages implements StreamStages {
    @Override
    public void release(StreamId stream) {
      released.add(stream);
      packager.release(stream);
    }

    @Override
    public boolean handOver(StreamId stream, Duration limit) throws InterruptedException {
      return packager.handOver(stream, limit);
    }
  }
}
