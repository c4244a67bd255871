package nova.worker;

import static nova.worker.EncodedRungs.LOW;
import static nova.worker.EncodedRungs.MIDDLE;
import static nova.worker.EncodedRungs.assertDecodes;
import static nova.worker.EncodedRungs.assertKeyframesAreCuts;
import static nova.worker.EncodedRungs.assertReadsBack;
import static nova.worker.EncodedRungs.assertSameFrames;
import static nova.worker.EncodedRungs.cuts;
import static nova.worker.EncodedRungs.framesOfSegments;
import static nova.worker.EncodedRungs.job;
import static nova.worker.EncodedRungs.rung;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Adapt;
import nova.framelog.pipe.WorkerMessage.ChangeBitrates;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a worker that is told to do less makes of the rungs, and when.
class LadderEffortIT {
  @TempDir private Path directory;

  /// The source, and what the worker is told before the frame at each of these places.
  private static WorkerRun adapted(
      TranscodeJob job, List<LogEntry> source, Map<Integer, Effort> efforts) throws Exception {
    List<WorkerMessage> input = new ArrayList<>();
    input.add(new StartJob(job));
    int frames = 0;
    for (LogEntry entry : source) {
      if (entry instanceof LoggedFrame) {
        Effort effort = efforts.get(frames++);
        if (effort != null) {
          input.add(new Adapt(effort));
        }
      }
      input.add(new SourceEntry(entry));
    }
    return WorkerRun.ofMessages(input);
  }

  /// Read from a pipe and applied behind queues, an effort holds from one of the next cuts on.
  @Test
  void lessEffort_holdsFromACutOn_underTheSameHeader() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "320x180", 30, 14, "-g", "60", "-bf", "2"));
    TranscodeJob job =
        new TranscodeJob(
            TrackId.VIDEO,
            30,
            EncoderPreset.VERYFAST,
            List.of(RungJob.fromTheStart(rung(LOW, 320, 180, 1))));

    WorkerRun run =
        adapted(
            job,
            source,
            Map.of(
                70, new Effort(EncoderPreset.SUPERFAST, 1, List.of()),
                190, new Effort(EncoderPreset.SUPERFAST, 2, List.of()),
                310, Effort.whole(EncoderPreset.VERYFAST)));

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.log(LOW).stream().filter(TrackFormatChanged.class::isInstance)).hasSize(1);
    List<LoggedFrame> frames = run.frames(LOW);
    assertThat(cuts(frames)).isEqualTo(cuts(WorkerRun.framesOf(source)));
    assertKeyframesAreCuts(frames);
    assertThat(framesOfSegments(frames)).contains(30L, 60L).doesNotContain(59L, 61L);
    assertThat(framesOfSegments(frames).getFirst()).isEqualTo(60L);
    assertThat(framesOfSegments(frames).getLast()).isEqualTo(60L);
    var _ = assertReadsBack(directory, run.log(LOW), 320, 180);
  }

  @Test
  void higherBitrate_isTakenUp_underTheSameHeader() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "640x360", 30, 16, "-g", "60", "-bf", "0"));
    List<WorkerMessage> input = new ArrayList<>();
    input.add(new StartJob(job(30, withBitrate(100_000))));
    int frames = 0;
    for (LogEntry entry : source) {
      if (entry instanceof LoggedFrame && frames++ == 240) {
        input.add(new ChangeBitrates(List.of(withBitrate(1_000_000))));
      }
      input.add(new SourceEntry(entry));
    }

    WorkerRun run = WorkerRun.ofMessages(input);

    assertSameFrames(source, run.log(MIDDLE));
    assertDecodes(directory, run.log(MIDDLE), 480, 270);
    assertThat(run.log(MIDDLE).stream().filter(TrackFormatChanged.class::isInstance)).hasSize(1);
    List<LoggedFrame> made = run.frames(MIDDLE);
    // Read ahead of what is encoded by the few pictures that fit into the queues.
    assertThat(bitsPerSecond(made.subList(60, 210))).isBetween(70_000.0, 130_000.0);
    assertThat(bitsPerSecond(made.subList(300, 480))).isBetween(700_000.0, 1_200_000.0);
  }

  private static Rung withBitrate(long bps) {
    return new Rung(MIDDLE, 480, 270, 1, bps, bps * 11 / 10);
  }

  private static double bitsPerSecond(List<LoggedFrame> at30Fps) {
    long bytes = at30Fps.stream().mapToLong(logged -> logged.frame().payload().length()).sum();
    return bytes * 8.0 * 30 / at30Fps.size();
  }

  @Test
  void rungLeftOut_endsAfterASegment_andBeginsAnewWithOne_whileTheOthersGoOn() throws Exception {
    List<LogEntry> source =
        SourceClip.log(SourceClip.encode(directory, "640x360", 30, 16, "-g", "60", "-bf", "2"));

    WorkerRun run =
        adapted(
            job(30, rung(MIDDLE, 480, 270, 1), rung(LOW, 320, 180, 1)),
            source,
            Map.of(
                70,
                new Effort(EncoderPreset.SUPERFAST, 1, List.of(MIDDLE)),
                310,
                Effort.whole(EncoderPreset.SUPERFAST)));

    assertSameFrames(source, run.log(LOW));
    assertDecodes(directory, run.log(LOW), 320, 180);
    List<LogEntry> middle = run.log(MIDDLE);
    int left = middle.indexOf(new StreamClosed(true, "the rung is left out"));
    assertThat(left).as("place of the end in %d entries", middle.size()).isPositive();
    List<LogEntry> before = middle.subList(0, left);
    List<LogEntry> after = middle.subList(left + 1, middle.size());
    assertThat(framesOfSegments(WorkerRun.framesOf(before))).containsOnly(60L);
    assertThat(after.subList(0, 2)).isEqualTo(before.subList(0, 2));
    assertThat(WorkerRun.framesOf(after).getFirst().cut()).isTrue();
    assertThat(framesOfSegments(WorkerRun.framesOf(after))).containsOnly(60L);
    assertDecodes(directory, before, 480, 270);
  }
}
