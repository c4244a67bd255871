package nova.app;

import java.security.SecureRandom;
import nova.app.config.AppConfig;
import nova.app.metrics.PackagerMeters;
import nova.app.metrics.TranscodeMeters;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import nova.framelog.InProcessRungLogs;
import nova.packager.Packager;
import nova.packager.PackagerPorts;
import nova.segments.PosterStore;
import nova.segments.SegmentStore;
import nova.segments.TimelineStore;
import nova.transcode.LadderSteps;
import nova.transcode.LadderStore;
import nova.transcode.PublishedRungs;
import nova.transcode.TranscodePorts;
import nova.transcode.Transcoder;
import nova.transcode.WorkerProgram;

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

  /// Begins to follow streams that start.
  static void open(
      Foundation foundation,
      FrameLog frames,
      StreamEvents events,
      SegmentStore segments,
      TimelineStore timelines,
      PosterStore posters,
      LadderSteps ladder) {
    TranscodeWiring wiring = new TranscodeWiring(foundation, frames, events);
    wiring.openPackager(segments, timelines);
    wiring.openTranscoder(ladder);
    new PosterWiring(foundation.config(), foundation.lifecycle(), foundation.metrics())
        .open(events, frames, timelines, posters, foundation.nanoClock());
  }

  private void openPackager(SegmentStore segments, TimelineStore timelines) {
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
                        segments,
                        segments,
                        timelines,
                        events,
                        foundation.clock(),
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
  }

  private void openTranscoder(LadderSteps ladder) {
    Transcoder _ =
        foundation
            .lifecycle()
            .own(
                "transcoder",
                Transcoder.start(
                    foundation.config().transcode(),
                    new TranscodePorts(
                        events,
                        frames,
                        rungs,
                        PublishedRungs.NONE,
                        LadderStore.NONE,
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
