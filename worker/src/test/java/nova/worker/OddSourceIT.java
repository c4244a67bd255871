package nova.worker;

import static nova.worker.EncodedRungs.LOW;
import static nova.worker.EncodedRungs.SAME;
import static nova.worker.EncodedRungs.assertDecodes;
import static nova.worker.EncodedRungs.assertKeyframesAreCuts;
import static nova.worker.EncodedRungs.assertSameFrames;
import static nova.worker.EncodedRungs.cuts;
import static nova.worker.EncodedRungs.format;
import static nova.worker.EncodedRungs.job;
import static nova.worker.EncodedRungs.rung;
import static nova.worker.EncodedRungs.segments;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.WorkerMessage;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Progress;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.media.MediaFrame;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sources that are unusual, change, or are damaged: rungs go on, or one sentence says why not.
class OddSourceIT {
  @TempDir private Path directory;

  @Test
  void sourceOfTenBitsAndFullChroma_isDecodedAndConverted() throws Exception {
    SourceClip clip =
        SourceClip.encode(
            directory, "320x180", 30, 4, "-g", "60", "-bf", "2", "-pix_fmt", "yuv422p10le");
    List<LogEntry> source = SourceClip.log(clip);
    assertThat(clip.format().codecString()).as("High 4:2:2").startsWith("avc1.7a");

    WorkerRun run = WorkerRun.of(job(30, rung(SAME, 320, 180, 1), rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertSameFrames(source, run.log(SAME));
    assertSameFrames(source, run.log(LOW));
    assertDecodes(directory, run.log(LOW), 160, 90);
    assertThat(format(run.log(SAME)).codecString()).as("High").startsWith("avc1.64");
  }

  @Test
  void openGroupsOfPictures_giveRungsThatCloseTheirs() throws Exception {
    List<LogEntry> source =
        SourceClip.log(
            SourceClip.encode(
                directory, "320x180", 30, 8, "-g", "60", "-bf", "3", "-x264-params", "open-gop=1"));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertSameFrames(source, run.log(LOW));
    assertDecodes(directory, run.log(LOW), 160, 90);
  }

  @Test
  void pictureThatChangesItsSizeWithinAnEpoch_keepsTheRungs() throws Exception {
    SourceClip large =
        SourceClip.encode(
            directory, "320x180", 30, 2, "-g", "60", "-bf", "0", "-bsf:v", "dump_extra");
    SourceClip small =
        SourceClip.encode(
            directory, "160x120", 30, 2, "-g", "60", "-bf", "0", "-bsf:v", "dump_extra");
    List<MediaFrame> frames = new ArrayList<>(large.frames());
    for (MediaFrame frame : small.frames()) {
      frames.add(
          new MediaFrame(
              frame.track(),
              frame.dts() + 180_000,
              frame.pts() + 180_000,
              frame.keyframe(),
              frame.payload()));
    }
    List<LogEntry> source = SourceClip.log(large.with(frames));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    assertKeyframesAreCuts(run.frames(LOW));
    assertDecodes(directory, run.log(LOW), 160, 90);
  }

  @Test
  void framesWithoutAByte_areAsIfTheyHadNotCome() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "320x180", 30, 4, "-g", "60", "-bf", "0");
    List<MediaFrame> frames = new ArrayList<>(clip.frames());
    for (int i : List.of(0, 10, 60, 61)) { // two keyframes, one of them on a cut, and two others
      MediaFrame frame = frames.get(i);
      frames.set(
          i,
          new MediaFrame(frame.track(), frame.dts(), frame.pts(), frame.keyframe(), Bytes.EMPTY));
    }
    List<LogEntry> source = SourceClip.log(clip.with(frames));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    assertKeyframesAreCuts(run.frames(LOW));
  }

  /// A decoder then gives nothing for some pictures, and with them goes the one that was cut at.
  @Test
  void missingKeyframes_leaveTheSegmentsOfTheRungWhereTheSourcesAre() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "320x180", 30, 9, "-g", "60", "-bf", "0");
    List<MediaFrame> frames = new ArrayList<>(clip.frames());
    frames.removeIf(frame -> frame.keyframe() && frame.dts() > 0);
    List<LogEntry> source = SourceClip.log(clip.with(frames));
    List<LoggedFrame> ofSource = WorkerRun.framesOf(source);
    assertThat(segments(ofSource)).as("cut without a keyframe").hasSize(3);

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.frames(LOW).size()).as("pictures").isLessThan(ofSource.size());
    assertThat(cuts(run.frames(LOW))).isEqualTo(cuts(ofSource));
    assertKeyframesAreCuts(run.frames(LOW));
  }

  @Test
  void sourceThatPauses_isAnsweredAlthoughNoPictureComesOfItsLastFrames() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "320x180", 30, 2, "-g", "60", "-bf", "2");
    List<WorkerMessage> input = new ArrayList<>();
    input.add(new StartJob(job(30, rung(LOW, 160, 90, 4))));
    SourceClip.log(clip).subList(0, 20).forEach(entry -> input.add(new SourceEntry(entry)));

    Progress said =
        Objects.requireNonNull(WorkerRun.awaited(input, Progress.class, _ -> true), "no report");

    assertThat(said.progress().pictures()).isBetween(1L, 18L);
  }

  @Test
  void damagedFrames_costTheirPicturesAndNothingElse() throws Exception {
    SourceClip clip = SourceClip.encode(directory, "320x180", 30, 6, "-g", "60", "-bf", "2");
    Random random = new Random(1);
    List<MediaFrame> damaged = new ArrayList<>();
    for (MediaFrame frame : clip.frames()) {
      byte[] payload = frame.payload().toByteArray();
      if (!frame.keyframe() && random.nextInt(8) == 0) {
        for (int i = 0; i < 1 + payload.length / 4; i++) {
          payload[random.nextInt(payload.length)] = (byte) random.nextInt();
        }
      }
      damaged.add(
          new MediaFrame(
              frame.track(), frame.dts(), frame.pts(), frame.keyframe(), Bytes.wrap(payload)));
    }
    damaged.set(
        7,
        new MediaFrame(
            TrackId.VIDEO, damaged.get(7).dts(), damaged.get(7).pts(), false, Bytes.EMPTY));
    List<LogEntry> source = SourceClip.log(clip.with(damaged));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    List<LoggedFrame> frames = run.frames(LOW);
    assertThat(frames.size()).isBetween(100, 180);
    assertThat(segments(frames)).isEqualTo(segments(WorkerRun.framesOf(source)));
    assertKeyframesAreCuts(frames);
    assertDecodes(directory, run.log(LOW), 160, 90);
  }

  @Test
  void sourceThatComesBackInAnotherSize_keepsItsRungs() throws Exception {
    List<LogEntry> source =
        SourceClip.log(
            SourceClip.encode(directory, "320x180", 30, 3, "-g", "60", "-bf", "2"),
            SourceClip.encode(directory, "178x318", 25, 3, "-g", "50", "-bf", "0"));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertSameFrames(source, run.log(LOW));
    assertThat(run.log(LOW).stream().filter(EpochStarted.class::isInstance)).hasSize(2);
  }

  @Test
  void frameLogThatDroppedFrames_isFollowedFromTheNextCutOn() throws Exception {
    List<LogEntry> whole =
        SourceClip.log(SourceClip.encode(directory, "320x180", 30, 8, "-g", "60", "-bf", "2"));
    List<LoggedFrame> frames = WorkerRun.framesOf(whole);
    List<LogEntry> source = new ArrayList<>(whole.subList(0, 2));
    source.addAll(frames.subList(0, 70));
    source.addAll(whole.subList(0, 2)); // as a reader that fell behind gets them
    source.addAll(frames.subList(180, 240));
    source.addAll(whole.subList(whole.size() - 2, whole.size()));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(segments(run.frames(LOW))).containsExactly(1L, 2L, 4L);
    assertThat(run.log(LOW).stream().filter(EpochStarted.class::isInstance)).hasSize(1);
    assertKeyframesAreCuts(run.frames(LOW));
  }

  @Test
  void sourceThatIsNoVideo_isOneClearFailureOrNoRungAtAll() throws Exception {
    VideoFormat nonsense =
        new VideoFormat(
            VideoCodec.AVC,
            Timescale.VIDEO,
            "avc1.64001f",
            320,
            180,
            PixelAspectRatio.SQUARE,
            30,
            Bytes.ofHex("01640000ffe10004deadbeef"));
    List<LogEntry> source =
        List.of(
            new EpochStarted(new Epoch(0), 1, SourceClip.BEGIN),
            new TrackFormatChanged(TrackId.VIDEO, nonsense),
            new LoggedFrame(
                new MediaFrame(TrackId.VIDEO, 0, 0, true, Bytes.ofHex("00000002 6588")),
                SourceClip.BEGIN,
                SourceClip.BEGIN,
                1,
                true),
            new StreamClosed(true, "over"));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.frames(LOW)).isEmpty();
    assertThat(run.exitStatus()).isIn(LadderWorker.CLOSED, LadderWorker.GAVE_UP);
    assertThat(run.of(Failed.class)).hasSize(run.exitStatus());
  }
}
