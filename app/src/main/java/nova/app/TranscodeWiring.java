package nova.app;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import nova.app.config.AppConfig;
import nova.app.metrics.PackagerMeters;
import nova.app.metrics.TranscodeMeters;
import nova.backends.assignment.StreamStages;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.InProcessRungLogs;
import nova.packager.Packager;
import nova.packager.PackagerPorts;
import nova.segments.PosterStore;
import nova.segments.PublishedMedia;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;
import nova.transcode.LadderSteps;
import nova.transcode.LadderStore;
import nova.transcode.PublishedRungs;
import nova.transcode.TranscodePorts;
import nova.transcode.Transcoder;
import nova.transcode.WorkerProgram;
import nova.transcode.poster.Posters;

/// Opens the stages that make renditions of what broadcasters send: the packager, the ladder with
/// its workers, and posters. They share the logs of encoded rungs, which never leave the process.
final class TranscodeWiring {
  private static final String WORKER = "nova.worker.LadderWorker";

  private final Foundation foundation;
  private final FrameLog frames;
  private final StreamEvents events;
  private final InProcessRungLogs rungs;

  private TranscodeWiring(Foundation foundation, FrameLog frames, StreamEvents events) {
    this.foundation = foundation;
    this.frames = frames;
    this.events = events;
    this.rungs = new InProcessRungLogs(foundation.config().frameLog());
  }

  /// What the stages read and write.
  ///
  /// @param published by all processes, where there are others
  /// @param ladders what streams are encoded to, for other processes
  record Shelves(
      SegmentStore segments,
      Optional<PublishedMedia> published,
      TimelineStore timelines,
      PosterStore posters,
      LadderStore ladders) {}

  /// The stages, once open.
  private record Stages(Packager packager, Transcoder transcoder, Optional<Posters> posters)
      implements StreamStages {
    @Override
    public void release(StreamId stream) {
      packager.release(stream);
      transcoder.release(stream);
      posters.ifPresent(taking -> taking.release(stream));
    }

    @Override
    public boolean handOver(StreamId stream, Duration limit) throws InterruptedException {
      boolean complete = packager.handOver(stream, limit);
      release(stream);
      return complete;
    }
  }

  /// Begins to follow streams that start.
  static StreamStages open(
      Foundation foundation,
      FrameLog frames,
      StreamEvents events,
      Shelves shelves,
      LadderSteps ladder) {
    TranscodeWiring wiring = new TranscodeWiring(foundation, frames, events);
    Packager packager = wiring.openPackager(shelves);
    PublishedRungs published =
        shelves.published().isPresent() ? packager::published : PublishedRungs.NONE;
    Transcoder transcoder = wiring.openTranscoder(published, shelves.ladders(), ladder);
    Optional<Posters> posters =
        new PosterWiring(foundation.config(), foundation.lifecycle(), foundation.metrics())
            .open(events, frames, shelves.timelines(), shelves.posters(), foundation.nanoClock());
    return new Stages(packager, transcoder, posters);
  }

  private Packager openPackager(Shelves shelves) {
    AppConfig config = foundation.config();
    Packager packager =
        foundation
            .lifecycle()
            .own(
                "packager",
                Packager.start(
                    config.packager(),
                    new PackagerPorts(
                        frames,
                        config.frameLog().keep(),
                        rungs,
                        shelves.segments(),
                        shelves.published().orElse(shelves.segments()),
                        shelves.timelines(),
                        events,
                        foundation.clock(),
                        foundation.nanoClock(),
                        Thread.ofVirtual().factory(),
                        new PackagerMeters(foundation.metrics()))));
    foundation
        .metrics()
        .gauge(
            "nova.packager.streams",
            "Streams being packaged, and ended ones still watchable.",
            "streams",
            packager,
            Packager::streams);
    return packager;
  }

  private Transcoder openTranscoder(
      PublishedRungs published, LadderStore ladders, LadderSteps ladder) {
    return foundation
        .lifecycle()
        .own(
            "transcoder",
            Transcoder.start(
                foundation.config().transcode(),
                new TranscodePorts(
                    events,
                    frames,
                    rungs,
                    published,
                    ladders,
                    ladder,
                    worker(),
                    Runtime.getRuntime().availableProcessors(),
                    foundation.clock(),
                    foundation.nanoClock(),
                    Thread.ofPlatform().daemon().factory(),
                    new SecureRandom(),
                    new TranscodeMeters(foundation.metrics()))));
  }

  private static WorkerProgram worker() {
    return WorkerJars.find()
        .<WorkerProgram>map(jars -> new WorkerProgram.Command(jars.command(WORKER)))
        .orElse(
            new WorkerProgram.Missing(
                "this installation has no worker (expected: its jars in the folder that"
                    + " -Dnova.worker names, as the nova command does)"));
  }
}
