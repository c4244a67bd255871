package nova.app.e2e;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.app.WorkerJars;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessRungLogs;
import nova.packager.Packager;
import nova.packager.PackagerConfig;
import nova.packager.PackagerMetrics;
import nova.packager.PackagerPorts;
import nova.segments.InMemorySegmentStore;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;
import nova.transcode.LadderConfig;
import nova.transcode.LadderStep;
import nova.transcode.LadderStore;
import nova.transcode.OverloadConfig;
import nova.transcode.RunningLadder;
import nova.transcode.TranscodeConfig;
import nova.transcode.TranscodeMetrics;
import nova.transcode.TranscodePorts;
import nova.transcode.Transcoder;
import nova.transcode.WorkerConfig;
import nova.transcode.WorkerProgram;

/// What transcodes and packages in one process of several: with memory, rung logs and events of its
/// own, on a log and a shelf that all share. When it is killed, nobody sees what it still does.
///
/// *Thread-safe.*
final class TranscodeNode implements AutoCloseable {
  private static final String WORKER = "nova.worker.LadderWorker";

  final Packager packager;
  final Transcoder transcoder;
  private final InMemorySegmentStore memory =
      new InMemorySegmentStore(SegmentStoreConfig.defaults());
  private final SharedShelf shelf;
  private final InProcessStreamEvents events =
      new InProcessStreamEvents(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private volatile boolean killed;

  TranscodeNode(FrameLog frames, SharedShelf shelf) {
    this.shelf = shelf;
    FrameLogConfig logs = FrameLogConfig.defaults();
    InProcessRungLogs rungs = new InProcessRungLogs(logs);
    packager =
        Packager.start(
            PackagerConfig.defaults(),
            new PackagerPorts(
                frames,
                logs.keep(),
                rungs,
                new Store(),
                shelf.segments(),
                new Timelines(),
                events,
                InstantSource.system(),
                System::nanoTime,
                Thread.ofVirtual().factory(),
                PackagerMetrics.NONE));
    transcoder =
        Transcoder.start(
            new TranscodeConfig(
                LadderConfig.defaults(), WorkerConfig.defaults(), OverloadConfig.defaults(), 50),
            new TranscodePorts(
                events,
                frames,
                rungs,
                packager::published,
                new Ladders(),
                () -> List.of(new LadderStep(480, 1_500_000, 30), new LadderStep(240, 500_000, 30)),
                new WorkerProgram.Command(WorkerJars.find().orElseThrow().command(WORKER)),
                2,
                InstantSource.system(),
                System::nanoTime,
                Thread.ofVirtual().factory(),
                new Random(1),
                TranscodeMetrics.NONE));
  }

  /// The stream is packaged and transcoded here from now on.
  void take(StreamId stream) {
    publish(
        new StreamStarted(
            stream, Instant.now(), new ChannelSlug("live"), "127.0.0.1", "", Optional.empty()));
  }

  void publish(StreamEvent event) {
    events.publish(event);
  }

  /// Ends without a farewell, and its worker with it.
  void kill() {
    killed = true;
    ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(WORKER))
        .forEach(ProcessHandle::destroyForcibly);
    Thread _ = Thread.ofVirtual().start(this::close); // frees the machine, as a death does
  }

  /// Gives the stream to another node, after the segment that it is in.
  ///
  /// @return whether nothing was left open
  boolean handOver(StreamId stream, Duration limit) throws InterruptedException {
    boolean complete = packager.handOver(stream, limit);
    transcoder.release(stream);
    return complete;
  }

  @Override
  public void close() {
    transcoder.close();
    packager.close();
  }

  private final class Ladders implements LadderStore {
    @Override
    public void put(StreamId stream, RunningLadder ladder) {
      if (!killed) {
        shelf.ladders().put(stream, ladder.toBytes());
      }
    }

    @Override
    public Optional<RunningLadder> find(StreamId stream) {
      return Optional.ofNullable(shelf.ladders().get(stream)).map(RunningLadder::read);
    }

    @Override
    public void remove(StreamId stream) {
      if (!killed) {
        shelf.ladders().remove(stream);
      }
    }
  }

  /// Memory first, and then the shelf.
  private final class Store implements SegmentStore {
    @Override
    public boolean putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
      boolean put = memory.putInit(stream, rendition, epoch, init);
      if (put && !killed) {
        shelf.putInit(stream, rendition, epoch, init);
      }
      return put;
    }

    @Override
    public boolean putPart(SegmentKey segment, int part, Bytes chunk) {
      boolean put = memory.putPart(segment, part, chunk);
      if (put && !killed) {
        shelf.putPart(segment, part, chunk);
      }
      return put;
    }

    @Override
    public boolean completeSegment(SegmentKey segment) {
      return memory.completeSegment(segment)
          && (killed || shelf.segments().completeSegment(segment));
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
    }

    @Override
    public void removeStream(StreamId stream) {
      memory.removeStream(stream);
    }

    @Override
    public long sizeBytes() {
      return memory.sizeBytes();
    }
  }

  private final class Timelines implements TimelineStore {
    @Override
    public boolean put(TimelineSnapshot snapshot) {
      return killed || shelf.timelines().put(snapshot);
    }

    @Override
    public Optional<TimelineSnapshot> find(StreamId stream) {
      return shelf.timelines().find(stream);
    }

    @Override
    public Optional<TimelineSnapshot> findLatest(ChannelSlug channel) {
      return shelf.timelines().findLatest(channel);
    }

    @Override
    public List<TimelineSnapshot> all() {
      return shelf.timelines().all();
    }

    @Override
    public void remove(StreamId stream) {
      if (!killed) {
        shelf.timelines().remove(stream);
      }
    }

    @Override
    public Registration listen(Listener listener) {
      return shelf.timelines().listen(listener);
    }
  }
}
