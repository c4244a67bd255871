package nova.packager;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.LadderChanged;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// A stream that a real packager packages into real stores, while a test writes its log.
///
/// *Thread-safe.*
final class PackagedStream implements AutoCloseable {
  static final StreamId STREAM = new StreamId("stream1");
  static final RenditionId SOURCE = new RenditionId("source");
  static final RenditionId AUDIO = new RenditionId("audio");
  private static final ChannelSlug CHANNEL = new ChannelSlug("live");

  private static final FrameLogConfig LOGS =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32));

  final InProcessFrameLog frames = new InProcessFrameLog(LOGS);
  final InProcessRungLogs rungs = new InProcessRungLogs(LOGS);
  final InMemorySegmentStore segments;
  final FillingStore store; // into them
  final InMemoryTimelineStore timelines;
  final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
  final List<TimelineSnapshot> snapshots = new CopyOnWriteArrayList<>();
  final CountingPackagerMetrics metrics = new CountingPackagerMetrics();
  final List<Thread> threads = new CopyOnWriteArrayList<>();
  final Packager packager;
  private final StreamLogWriter writer;
  private final InProcessStreamEvents bus;

  PackagedStream(PackagerConfig config) {
    this(config, SegmentStoreConfig.defaults());
  }

  /// @param framesKept how long a worker finds the source's frames, as the packager is told
  PackagedStream(Duration framesKept) {
    this(PackagerConfig.defaults(), SegmentStoreConfig.defaults(), framesKept);
  }

  PackagedStream(PackagerConfig config, SegmentStoreConfig storeConfig) {
    this(config, storeConfig, FrameLogConfig.defaults().keep());
  }

  private PackagedStream(
      PackagerConfig config, SegmentStoreConfig storeConfig, Duration framesKept) {
    segments = new InMemorySegmentStore(storeConfig);
    store = new FillingStore(segments);
    timelines =
        new InMemoryTimelineStore(
            (_, e) -> {
              throw new AssertionError(e);
            });
    bus =
        new InProcessStreamEvents(
            (_, e) -> {
              throw new AssertionError(e);
            });
    bus.subscribe(events::add);
    timelines.listen(snapshots::add);
    packager =
        Packager.start(
            config,
            new PackagerPorts(
                frames,
                framesKept,
                rungs,
                store,
                segments,
                timelines,
                bus,
                InstantSource.system(),
                System::nanoTime,
                this::newThread,
                metrics));
    writer = new StreamLogWriter(frames.openWriter(STREAM));
    bus.publish(
        new StreamStarted(
            STREAM, SyntheticBroadcast.BEGIN, CHANNEL, "127.0.0.1", "test", Optional.empty()));
  }

  static PackagerConfig keeping(Duration keepEnded) {
    PackagerConfig defaults = PackagerConfig.defaults();
    return new PackagerConfig(defaults.partTarget(), defaults.window(), keepEnded);
  }

  private Thread newThread(Runnable task) {
    Thread thread = Thread.ofVirtual().unstarted(task);
    threads.add(thread);
    return thread;
  }

  StreamLogWriter writer() {
    return writer;
  }

  void publish(StreamEvent event) {
    bus.publish(event);
  }

  /// Writes an epoch that begins `after` the stream's start.
  void write(SyntheticBroadcast broadcast, Duration after) {
    var _ = writer.startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN.plus(after));
    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at().plus(after)));
  }

  /// Writes epochs.
  void write(SyntheticRung.Sent... epochs) {
    for (SyntheticRung.Sent epoch : epochs) {
      write(epoch.broadcast(), epoch.after());
    }
  }

  /// Says that the ladder is this from now on.
  void ladder(boolean sourceListed, RenditionId... rungs) {
    publish(
        new LadderChanged(STREAM, Instant.EPOCH, sourceListed, true, List.of(rungs), "it is so"));
  }

  /// Closes the stream and waits until it is packaged to its end.
  TimelineSnapshot close(String reason) {
    writer.closeStream(true, reason);
    return await(snapshot -> snapshot.state() == TimelineState.ENDED);
  }

  /// Waits for the next event of a type.
  <T extends StreamEvent> T next(Class<T> type) throws InterruptedException {
    while (true) {
      StreamEvent event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no %s".formatted(type.getSimpleName()));
      }
      if (type.isInstance(event)) {
        return type.cast(event);
      }
    }
  }

  /// Waits for a snapshot.
  TimelineSnapshot await(Predicate<TimelineSnapshot> condition) {
    CountDownLatch met = new CountDownLatch(1);
    List<TimelineSnapshot> found = new CopyOnWriteArrayList<>();
    try (var _ =
        timelines.listen(
            snapshot -> {
              if (condition.test(snapshot)) {
                found.add(snapshot);
                met.countDown();
              }
            })) {
      var now = timelines.find(STREAM).filter(condition);
      if (now.isPresent()) {
        return now.get();
      }
      if (!met.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("no such snapshot; the last is " + timelines.find(STREAM));
      }
      return found.getFirst();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// The newest state of every segment that was ever listed for a rendition, by number.
  List<TimelineSegment> everListed(RenditionId rendition) {
    TreeMap<Long, TimelineSegment> all = new TreeMap<>();
    for (TimelineSnapshot snapshot : snapshots) {
      for (TimelineSegment segment :
          snapshot.rendition(rendition).map(RenditionTimeline::segments).orElse(List.of())) {
        all.put(segment.number(), segment);
      }
    }
    return List.copyOf(all.values());
  }

  /// The bytes of a complete segment.
  Bytes bytes(RenditionId rendition, TimelineSegment segment) {
    SegmentKey key = new SegmentKey(STREAM, rendition, segment.epoch(), segment.number());
    List<Bytes> parts =
        segments.segment(key).orElseThrow(() -> new AssertionError(key + " is not in the store"));
    ByteBuffer joined = ByteBuffer.allocate(parts.stream().mapToInt(Bytes::length).sum());
    parts.forEach(part -> part.copyTo(joined));
    return Bytes.wrap(joined.flip());
  }

  /// Names and bytes of everything the stores have of a rendition.
  List<String> inventory(RenditionId rendition) {
    List<String> inventory = new ArrayList<>();
    for (TimelineSegment segment : everListed(rendition)) {
      if (segment.gap()) {
        inventory.add("%s gap".formatted(segment));
        continue;
      }
      segments
          .init(STREAM, rendition, segment.epoch())
          .ifPresent(init -> inventory.add("%s init %s".formatted(segment.epoch(), init.toHex())));
      inventory.add("%s %d".formatted(segment, bytes(rendition, segment).hashCode()));
    }
    return inventory;
  }

  @Override
  public void close() {
    packager.close();
  }
}
