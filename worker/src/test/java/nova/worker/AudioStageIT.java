package nova.worker;

import static nova.worker.EncodedRungs.boundaries;
import static nova.worker.EncodedSound.AAC;
import static nova.worker.EncodedSound.RATE;
import static nova.worker.EncodedSound.RUNG;
import static nova.worker.EncodedSound.assertSameClocks;
import static nova.worker.EncodedSound.assertSameSound;
import static nova.worker.EncodedSound.assertUnbroken;
import static nova.worker.EncodedSound.cuts;
import static nova.worker.EncodedSound.dts;
import static nova.worker.EncodedSound.epoch;
import static nova.worker.EncodedSound.format;
import static nova.worker.EncodedSound.job;
import static nova.worker.EncodedSound.log;
import static nova.worker.EncodedSound.ofSound;
import static nova.worker.EncodedSound.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage.Failed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Worker processes encode sound again, and FFmpeg decodes what went in and what came out: both
/// must say the same at the same time.
class AudioStageIT {
  @TempDir private Path directory;

  @Test
  void heAac_isEncodedToAacLc_inSyncWithItsSource() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 7);
    assertThat(clip.format().codecString()).isEqualTo("mp4a.40.5");
    List<LogEntry> source = log(epoch(clip, 7));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertThat(run.exitStatus()).isEqualTo(LadderWorker.CLOSED);
    List<LogEntry> log = run.log(AAC);
    assertThat(format(log).codecString()).isEqualTo("mp4a.40.2");
    assertThat(boundaries(log)).isEqualTo(boundaries(source));
    assertThat(dts(log).getFirst()).isZero();
    assertUnbroken(log);
    assertThat(cuts(log)).isEqualTo(cuts(ofSound(source)));
    assertSameSound(directory, source, log, 0.1, 6.5);
    assertSameClocks(source, log);
  }

  @Test
  void soundWithoutPicture_isEncoded() throws Exception {
    List<LogEntry> source = log(epoch(SoundClip.heAac(directory, 6), 0));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertThat(cuts(run.log(AAC))).isEqualTo(cuts(ofSound(source)));
    assertSameSound(directory, source, run.log(AAC), 0.1, 5.5);
  }

  @Test
  void sixChannelsAt96kHz_becomeTwoAt48kHz_inSync() throws Exception {
    SoundClip clip = SoundClip.surround(directory, 5);
    assertThat(clip.format().channels()).isEqualTo(6);
    List<LogEntry> source = log(epoch(clip, 5));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertUnbroken(run.log(AAC));
    assertSameSound(directory, source, run.log(AAC), 0.1, 4.5);
  }

  @Test
  void workerThatTakesOver_goesOnWithTheGrid_underTheSameHeader() throws Exception {
    List<LogEntry> source = log(epoch(SoundClip.heAac(directory, 6), 6));
    WorkerRun first = WorkerRun.of(job(RUNG), source);
    List<LoggedFrame> whole = first.frames(AAC);
    LoggedFrame last = whole.get(100);
    List<LogEntry> rest = new ArrayList<>(source);
    rest.removeIf(
        e ->
            e instanceof LoggedFrame f
                && seconds(f, source) < (last.frame().dts() - 9_600.0) / RATE);

    TranscodeJob job =
        new TranscodeJob(
            TrackId.VIDEO,
            0,
            EncoderPreset.FAST,
            List.of(),
            new AudioJob(TrackId.AUDIO, RUNG, last.frame().dts(), last.segment()));
    WorkerRun second = WorkerRun.of(job, rest);

    List<LogEntry> joined = new ArrayList<>(first.log(AAC).subList(0, 2));
    joined.addAll(whole.subList(0, 101));
    joined.addAll(second.frames(AAC));
    assertUnbroken(joined);
    assertThat(format(second.log(AAC))).isEqualTo(format(first.log(AAC)));
    assertThat(cuts(joined)).isEqualTo(cuts(first.log(AAC)));
    double seam = (double) last.frame().dts() / RATE;
    assertSameSound(directory, source, joined, seam - 0.2, seam + 0.3);
    assertSameSound(directory, source, joined, 0.1, 5.5);
  }
}
