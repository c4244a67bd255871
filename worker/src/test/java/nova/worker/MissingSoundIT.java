package nova.worker;

import static nova.worker.EncodedRungs.LOW;
import static nova.worker.EncodedRungs.boundaries;
import static nova.worker.EncodedSound.AAC;
import static nova.worker.EncodedSound.RATE;
import static nova.worker.EncodedSound.RUNG;
import static nova.worker.EncodedSound.SOURCE_FRAME;
import static nova.worker.EncodedSound.assertSameSound;
import static nova.worker.EncodedSound.assertUnbroken;
import static nova.worker.EncodedSound.dts;
import static nova.worker.EncodedSound.epoch;
import static nova.worker.EncodedSound.job;
import static nova.worker.EncodedSound.log;
import static nova.worker.EncodedSound.loudest;
import static nova.worker.EncodedSound.pcm;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.media.MediaFrame;
import nova.media.TrackFormat.AudioFormat;
import nova.media.aac.AacFormats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sound that is missing, damaged or none: silence takes its place, and what there is stays in
/// sync.
class MissingSoundIT {
  @TempDir private Path directory;

  @Test
  void framesThatAreMissing_becomeSilence_andTheRestStaysInSync() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 6);
    List<LogEntry> source = log(epoch(clip.without(60, 65), 6));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertUnbroken(run.log(AAC));
    assertSameSound(directory, log(epoch(clip, 6)), run.log(AAC), 0.1, 2.4);
    assertSameSound(directory, log(epoch(clip, 6)), run.log(AAC), 3, 5.5);
  }

  @Test
  void pictureThatGoesOnWithoutSound_isFollowedBySilence_untilSoundComesAgain() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 12);
    int from = 3 * RATE / SOURCE_FRAME;
    int to = 9 * RATE / SOURCE_FRAME;
    List<LogEntry> source = log(epoch(clip.without(from, to), 12));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    List<LogEntry> log = run.log(AAC);
    assertUnbroken(log);
    List<LoggedFrame> frames = WorkerRun.framesOf(log);
    assertThat(frames.stream().map(LoggedFrame::segment).distinct().toList())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    for (LoggedFrame frame : frames) {
      if (frame.cut()) {
        assertThat((double) frame.frame().dts() / RATE)
            .as("segment %d", frame.segment())
            .isBetween(2.0 * (frame.segment() - 1), 2.0 * (frame.segment() - 1) + 0.043);
      }
    }
    assertSameSound(directory, log(epoch(clip, 12)), log, 0.1, 2.9);
    assertSameSound(directory, log(epoch(clip, 12)), log, 9.2, 11.5);
    assertThat(loudest(pcm(directory, log), (int) (3.2 * RATE), (int) (8.9 * RATE)))
        .isLessThan(0.001F);
  }

  @Test
  void epochWithoutSound_isSilent() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 4);
    List<LogEntry> source =
        log(epoch(clip, 4), epoch(new SoundClip(clip.format(), List.of()), 4), epoch(clip, 4));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    List<LogEntry> log = run.log(AAC);
    assertThat(boundaries(log)).isEqualTo(boundaries(source));
    List<LoggedFrame> frames = WorkerRun.framesOf(log);
    assertThat(frames.stream().map(LoggedFrame::segment).distinct().toList())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(frames.stream().filter(f -> f.segment() == 3 || f.segment() == 4).count())
        .isBetween(186L, 189L);
  }

  @Test
  void soundThatIsNone_isNoFailure() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 3);
    List<MediaFrame> damaged =
        clip.frames().stream()
            .map(f -> new MediaFrame(f.track(), f.dts(), f.pts(), true, Bytes.ofHex("ffffffffff")))
            .toList();

    WorkerRun run = WorkerRun.of(job(RUNG), log(epoch(new SoundClip(clip.format(), damaged), 3)));

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
  }

  @Test
  void soundThatIsDamagedForSomeSeconds_isSilentThere() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 12);
    List<MediaFrame> frames = new ArrayList<>(clip.frames());
    for (int i = 3 * RATE / SOURCE_FRAME; i < 9 * RATE / SOURCE_FRAME; i++) {
      MediaFrame f = frames.get(i);
      frames.set(i, new MediaFrame(f.track(), f.dts(), f.pts(), true, Bytes.ofHex("ffffffffff")));
    }

    WorkerRun run = WorkerRun.of(job(RUNG), log(epoch(new SoundClip(clip.format(), frames), 12)));

    List<LogEntry> log = run.log(AAC);
    assertUnbroken(log);
    assertSameSound(directory, log(epoch(clip, 12)), log, 0.1, 2.9);
    assertSameSound(directory, log(epoch(clip, 12)), log, 9.2, 11.5);
    assertThat(loudest(pcm(directory, log), (int) (3.2 * RATE), (int) (8.9 * RATE)))
        .isLessThan(0.001F);
  }

  @Test
  void soundThatFfmpegDoesNotKnow_isSilent_andThePictureGoesOn() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 4);
    AudioFormat unknown = AacFormats.of(Bytes.ofHex("2b118a00")); // with frames of 960 samples
    SourceClip picture = SourceClip.encode(directory, "320x180", 25, 4, "-g", "50");
    List<LogEntry> source = log(epoch(new SoundClip(unknown, clip.frames()), picture));

    WorkerRun run = WorkerRun.of(job(RUNG, EncodedRungs.rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    assertThat(run.frames(LOW)).hasSize(100);
    assertUnbroken(run.log(AAC));
    assertThat(dts(run.log(AAC)).getLast()).isGreaterThan((long) (3.9 * RATE));
    assertThat(loudest(pcm(directory, run.log(AAC)), 0, (int) (3.9 * RATE))).isLessThan(0.001F);
  }
}
