package nova.worker;

import static nova.worker.EncodedRungs.LOW;
import static nova.worker.EncodedRungs.MIDDLE;
import static nova.worker.EncodedRungs.SAME;
import static nova.worker.EncodedRungs.assertDecodes;
import static nova.worker.EncodedRungs.assertKeyframesAreCuts;
import static nova.worker.EncodedRungs.assertReadsBack;
import static nova.worker.EncodedRungs.assertSameFrames;
import static nova.worker.EncodedRungs.cuts;
import static nova.worker.EncodedRungs.format;
import static nova.worker.EncodedRungs.framesOfSegments;
import static nova.worker.EncodedRungs.job;
import static nova.worker.EncodedRungs.rung;
import static nova.worker.EncodedRungs.segments;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Worker processes do real jobs on what a real encoder made, and FFmpeg reads the rungs back.
class LadderWorkerIT {
  @TempDir private Path directory;

  @Test
  void sourceWithBFrames_givesRungsWithItsTimesNumbersAndCuts() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "640x360", 30, 7, "-g", "60", "-bf", "2"));

    WorkerRun run =
        WorkerRun.of(
            job(30, rung(SAME, 640, 360, 1), rung(MIDDLE, 480, 270, 1), rung(LOW, 320, 180, 1)),
            source);

    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    assertThat(run.messages().getFirst()).isInstanceOf(Ready.class);
    for (RenditionId rendition : List.of(SAME, MIDDLE, LOW)) {
      assertSameFrames(source, run.log(rendition));
      assertThat(segments(run.frames(rendition))).isEqualTo(List.of(1L, 2L, 3L, 4L));
    }
    assertDecodes(directory, run.log(SAME), 640, 360);
    assertDecodes(directory, run.log(MIDDLE), 480, 270);
    assertDecodes(directory, run.log(LOW), 320, 180);
  }

  @Test
  void groupOfPicturesThatIsCutWithoutAKeyframe_givesRungsWithKeyframesOnItsCuts()
      throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "320x180", 30, 12, "-g", "250", "-bf", "2"));
    assertThat(WorkerRun.framesOf(source).stream().filter(f -> f.cut() && !f.frame().keyframe()))
        .as("cuts without a keyframe in the source")
        .isNotEmpty();

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 320, 180, 1)), source);

    assertSameFrames(source, run.log(LOW));
    assertDecodes(directory, run.log(LOW), 320, 180);
  }

  @Test
  void rungOfHalfTheFrames_keepsEveryCut() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "320x180", 60, 5, "-g", "121", "-bf", "0"));

    WorkerRun run =
        WorkerRun.of(job(60, rung(MIDDLE, 320, 180, 1), rung(LOW, 320, 180, 2)), source);

    assertSameFrames(source, run.log(MIDDLE));
    List<LoggedFrame> half = run.frames(LOW);
    assertThat(half).hasSize((300 + 1) / 2 + 1); // two segments of 121 frames begin anew
    assertThat(cuts(half)).isEqualTo(cuts(WorkerRun.framesOf(source)));
    assertKeyframesAreCuts(half);
    var _ = assertReadsBack(directory, run.log(LOW), 320, 180);
  }

  @Test
  void sourceOf120FramesPerSecond_givesRungsOf60And30() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "320x180", 120, 5, "-g", "240", "-bf", "2"));

    WorkerRun run =
        WorkerRun.of(job(120, rung(MIDDLE, 320, 180, 2), rung(LOW, 160, 90, 4)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(framesOfSegments(run.frames(MIDDLE))).containsExactly(120L, 120L, 60L);
    assertThat(framesOfSegments(run.frames(LOW))).containsExactly(60L, 60L, 30L);
    assertThat(cuts(run.frames(LOW))).isEqualTo(cuts(WorkerRun.framesOf(source)));
    assertKeyframesAreCuts(run.frames(LOW));
  }

  @Test
  void epochWithoutAnEnd_asOfAnIngestThatDied_isFollowedByTheNext() throws Exception {
    List<LogEntry> source =
        new ArrayList<>(
            SourceClip.log(
                SourceClip.encode(directory, "320x180", 30, 3, "-g", "60"),
                SourceClip.encode(directory, "640x360", 30, 3, "-g", "60")));
    LogEntry lost = source.stream().filter(EpochEnded.class::isInstance).findFirst().orElseThrow();
    source.remove(lost);

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 320, 180, 1)), source);

    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    assertSameFrames(source, run.log(LOW));
  }

  @Test
  void workerThatTakesOver_goesOnAfterTheLastFrame_underTheSameHeader() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "320x180", 30, 6, "-g", "60", "-bf", "2"));
    Rung rung = rung(LOW, 160, 90, 1);
    WorkerRun first = WorkerRun.of(job(30, rung), source);
    List<LoggedFrame> whole = first.frames(LOW);
    LoggedFrame last = whole.get(99);

    TranscodeJob rest =
        new TranscodeJob(
            TrackId.VIDEO,
            30,
            EncoderPreset.VERYFAST,
            List.of(RungJob.after(rung, last.frame().dts(), last.segment())));
    WorkerRun second = WorkerRun.of(rest, source);

    List<LoggedFrame> resumed = second.frames(LOW);
    assertThat(resumed.stream().map(f -> f.frame().pts()).toList())
        .isEqualTo(whole.subList(100, whole.size()).stream().map(f -> f.frame().pts()).toList());
    assertThat(resumed.getFirst().frame().keyframe()).isTrue();
    assertThat(resumed.getFirst().cut()).isFalse();
    assertThat(cuts(resumed)).isEqualTo(cuts(whole.subList(100, whole.size())));
    assertThat(format(second.log(LOW))).isEqualTo(format(first.log(LOW)));

    List<LogEntry> joined = new ArrayList<>(first.log(LOW).subList(0, 2));
    joined.addAll(whole.subList(0, 100));
    joined.addAll(resumed);
    assertDecodes(directory, joined, 160, 90);
  }

  @Test
  void serverThatGoesAway_endsTheWorker() throws Exception {
    StartJob start = new StartJob(job(30, rung(LOW, 160, 90, 1)));
    assertThat(WorkerRun.ofMessages(List.of(start)).exitStatus())
        .isEqualTo(LadderWorker.SERVER_GONE);
    assertThat(WorkerRun.ofMessages(List.of()).exitStatus()).isEqualTo(LadderWorker.SERVER_GONE);
  }

  @Test
  void firstMessageThatIsNoJob_isRefusedWithASentence() throws Exception {
    WorkerRun run = WorkerRun.ofMessages(List.of(new SourceEntry(new StreamClosed(true, "over"))));

    assertThat(run.exitStatus()).isEqualTo(LadderWorker.GAVE_UP);
    assertThat(run.of(Failed.class).getFirst().sentence()).contains("expected: a job");
  }
}
