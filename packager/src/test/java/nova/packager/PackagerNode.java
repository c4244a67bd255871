package nova.packager;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogWriter;
import nova.framelog.InProcessRungLogs;
import nova.framelog.LogEntry;
import nova.framelog.RungRun;
import nova.framelog.SyntheticBroadcast;
import nova.segments.InMemorySegmentStore;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// A process that packages one stream: with memory of its own, and a shelf that it shares with
/// others. It may die after so many writes to that shelf; what it does afterwards nobody sees.
///
/// *Thread-safe.*
final class PackagerNode implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final FrameLogConfig LOGS =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));

  final InMemorySegmentStore memory = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final CountingPackagerMetrics metrics = new CountingPackagerMetrics();
  final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
  final Packager packager;
  private final SharedShelf shelf;
  private final InProcessRungLogs rungs = new InProcessRungLogs(LOGS);
  private final InProcessStreamEvents bus =
      new InProcessStreamEvents(
          (_, e) -> {
            throw new AssertionError(e);
          });
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch dead = new CountDownLatch(1);
  private long writesLeft; // guarded by the shelf
  private long writes;

  PackagerNode(SharedShelf shelf, FrameLog frames, long seed, long writesLeft) {
    this(shelf, frames, seed, writesLeft, () -> SyntheticBroadcast.BEGIN);
  }

  /// @param writesLeft after which it dies
  PackagerNode(
      SharedShelf shelf, FrameLog frames, long seed, long writesLeft, InstantSource clock) {
    this.shelf = shelf;
    this.writesLeft = writesLeft;
    bus.subscribe(events::add);
    packager =
        Packager.start(
            PackagerConfig.defaults(),
            new PackagerPorts(
                Trickle.of(frames, seed, over),
                Duration.ofHours(1), // no rung is given up here
                Trickle.of(rungs, seed + 1),
                new Store(),
                shelf,
                new Timelines(),
                bus,
                clock,
                System::nanoTime,
                Thread.ofVirtual()::unstarted,
                metrics));
  }

  /// Tells that the stream is to be packaged here.
  void start() {
    publish(
        new StreamStarted(
            PackagedStream.STREAM,
            SyntheticBroadcast.BEGIN,
            new ChannelSlug("live"),
            "127.0.0.1",
            "test",
            Optional.empty()));
  }

  void publish(StreamEvent event) {
    bus.publish(event);
  }

  /// Lets it read that the stream is over, now that all rungs are there.
  void end() {
    over.countDown();
  }

  /// Gives a rung's log.
  FrameLogWriter rung(RenditionId rendition, int run, List<LogEntry> entries) {
    FrameLogWriter writer = rungs.openWriter(new RungRun(PackagedStream.STREAM, rendition, run));
    entries.forEach(writer::append);
    publish(new RungStarted(PackagedStream.STREAM, SyntheticBroadcast.BEGIN, rendition, run));
    return writer;
  }

  /// Writes to the shelf so far.
  long writes() {
    synchronized (shelf) {
      return writes;
    }
  }

  void awaitDeath() throws InterruptedException {
    if (!dead.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still alive after %d writes".formatted(writes()));
    }
  }

  private void write(Runnable change) {
    synchronized (shelf) {
      if (writesLeft > 0) {
        writesLeft--;
        writes++;
        change.run();
      }
      if (writesLeft == 0) {
        dead.countDown();
      }
    }
  }

  @Override
  public void close() {
    packager.close();
  }

  /// Memory first, and then the shelf.
  private final class Store implements SegmentStore {
    @Override
    public boolean putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
      boolean put = memory.putInit(stream, rendition, epoch, init);
      if (put) {
        write(() -> shelf.putInit(stream, rendition, epoch, init));
      }
      return put;
    }

    @Override
    public boolean putPart(SegmentKey segment, int part, Bytes chunk) {
      boolean put = memory.putPart(segment, part, chunk);
      if (put) {
        write(() -> shelf.putPart(segment, part, chunk));
      }
      return put;
    }

    @Override
    public boolean completeSegment(SegmentKey segment) {
      boolean done = memory.completeSegment(segment);
      write(() -> shelf.segments.completeSegment(segment));
      return done;
    }

    @Override
    public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
      return memory.init(stream, rendition, epoch);
    }

    @Override
    public Optional<Bytes> part(SegmentKey segment, int part) {
      return memory.part(segment, part);
    }

    @Override
    public Optional<List<Bytes>> segment(SegmentKey segment) {
      return memory.segment(segment);
    }

    @Override
    public Optional<Long> oldestSegment(StreamId stream, RenditionId rendition) {
      return memory.oldestSegment(stream, rendition);
    }

    @Override
    public void removeSegmentsBefore(StreamId stream, RenditionId rendition, long number) {
      memory.removeSegmentsBefore(stream, rendition, number);
      write(() -> shelf.segments.removeSegmentsBefore(stream, rendition, number));
    }

    @Override
    public void removeStream(StreamId stream) {
      memory.removeStream(stream);
      write(() -> shelf.segments.removeStream(stream));
    }

    @Override
    public long sizeBytes() {
      return memory.sizeBytes();
    }
  }

  private final class Timelines implements TimelineStore {
    @Override
    public boolean put(TimelineSnapshot snapshot) {
      write(() -> shelf.timelines.put(snapshot));
      return true;
    }

    @Override
    public Optional<TimelineSnapshot> find(StreamId stream) {
      return shelf.timelines.find(stream);
    }

    @Override
    public Optional<TimelineSnapshot> findLatest(ChannelSlug channel) {
      return shelf.timelines.findLatest(channel);
    }

    @Override
    public List<TimelineSnapshot> all() {
      return shelf.timelines.all();
    }

    @Override
    public void remove(StreamId stream) {
      write(() -> shelf.timelines.remove(stream));
    }

    @Override
    public Registration listen(Listener listener) {
      return shelf.timelines.listen(listener);
    }
  }
}
