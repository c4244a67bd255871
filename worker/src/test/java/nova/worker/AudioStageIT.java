package nova.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.FrameLogConfig;
import nova.framelog.FrameLogReader;
import nova.framelog.InProcessFrameLog;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.StreamLogWriter;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkWriter;
import nova.media.mp4.CmafHeaderWriter;
import nova.media.mp4.CmafSample;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Worker processes encode sound again, and FFmpeg decodes what went in and what came out: both
/// must say the same at the same time.
class AudioStageIT {
  private static final RenditionId AAC = new RenditionId("aac");
  private static final AudioRung RUNG = new AudioRung(AAC, 48_000, 2, 128_000);
  private static final int SOURCE_FRAME = 2_048;
  private static final int RATE = 48_000;
  private static final int TOLERANCE = 48; // samples: 1 ms
  private static final int FPS = 25;
  private static final VideoFormat VIDEO =
      new VideoFormat(
          VideoCodec.AVC,
          Timescale.VIDEO,
          "avc1.42c01e",
          320,
          180,
          PixelAspectRatio.SQUARE,
          FPS,
          Bytes.EMPTY);

  @TempDir private Path directory;

  private record Epoch(Map<TrackId, TrackFormat> formats, List<MediaFrame> frames) {}

  private static TranscodeJob job(AudioRung rung) {
    return new TranscodeJob(
        TrackId.VIDEO,
        0,
        EncoderPreset.FAST,
        List.of(),
        AudioJob.fromTheStart(TrackId.AUDIO, rung));
  }

  private static Epoch epoch(SoundClip sound, int pictureSeconds) {
    Map<TrackId, TrackFormat> formats = new HashMap<>();
    List<MediaFrame> frames = new ArrayList<>();
    if (!sound.frames().isEmpty()) {
      formats.put(TrackId.AUDIO, sound.format());
    }
    if (pictureSeconds > 0) {
      formats.put(TrackId.VIDEO, VIDEO);
    }
    for (int i = 0; i < pictureSeconds * FPS; i++) {
      long dts = i * 90_000L / FPS;
      frames.add(new MediaFrame(TrackId.VIDEO, dts, dts, i % (2 * FPS) == 0, Bytes.ofHex("00")));
    }
    frames.addAll(sound.frames());
    frames.sort(Comparator.comparingDouble(frame -> seconds(formats, frame)));
    return new Epoch(formats, frames);
  }

  private static double seconds(Map<TrackId, TrackFormat> formats, MediaFrame frame) {
    return Objects.requireNonNull(formats.get(frame.track())).timescale().toSeconds(frame.dts());
  }

  private static List<LogEntry> log(Epoch... epochs) throws InterruptedException {
    StreamId stream = new StreamId("stream1");
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(64)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(stream));
    var begin = SourceClip.BEGIN;
    for (Epoch epoch : epochs) {
      var _ = writer.startEpoch(epoch.formats, begin);
      var arrived = begin;
      for (MediaFrame frame : epoch.frames) {
        long ms = (long) (1_000 * seconds(epoch.formats, frame));
        arrived = begin.plusMillis(ms);
        LoggedFrame _ = writer.append(frame, arrived);
      }
      begin = arrived.plusMillis(40);
    }
    writer.closeStream(true, "over");
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log.openReader(stream, LogPosition.EARLIEST)) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        entries.addAll(reader.read(Duration.ofSeconds(5)));
      }
    }
    return entries;
  }

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
    assertSameSound(source, log, 0.1, 6.5);
    assertSameClocks(source, log);
  }

  @Test
  void soundWithoutPicture_isEncoded() throws Exception {
    List<LogEntry> source = log(epoch(SoundClip.heAac(directory, 6), 0));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertThat(cuts(run.log(AAC))).isEqualTo(cuts(ofSound(source)));
    assertSameSound(source, run.log(AAC), 0.1, 5.5);
  }

  @Test
  void sixChannelsAt96kHz_becomeTwoAt48kHz_inSync() throws Exception {
    SoundClip clip = SoundClip.surround(directory, 5);
    assertThat(clip.format().channels()).isEqualTo(6);
    List<LogEntry> source = log(epoch(clip, 5));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertUnbroken(run.log(AAC));
    assertSameSound(source, run.log(AAC), 0.1, 4.5);
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
    assertSameSound(source, joined, seam - 0.2, seam + 0.3);
    assertSameSound(source, joined, 0.1, 5.5);
  }

  @Test
  void framesThatAreMissing_becomeSilence_andTheRestStaysInSync() throws Exception {
    SoundClip clip = SoundClip.heAac(directory, 6);
    List<LogEntry> source = log(epoch(clip.without(60, 65), 6));

    WorkerRun run = WorkerRun.of(job(RUNG), source);

    assertUnbroken(run.log(AAC));
    assertSameSound(log(epoch(clip, 6)), run.log(AAC), 0.1, 2.4);
    assertSameSound(log(epoch(clip, 6)), run.log(AAC), 3, 5.5);
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
    assertSameSound(log(epoch(clip, 12)), log, 0.1, 2.9);
    assertSameSound(log(epoch(clip, 12)), log, 9.2, 11.5);
    assertThat(loudest(pcm(log), (int) (3.2 * RATE), (int) (8.9 * RATE))).isLessThan(0.001F);
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

  private static double seconds(LoggedFrame frame, List<LogEntry> log) {
    return log.stream()
        .filter(e -> e instanceof TrackFormatChanged c && c.track().equals(frame.frame().track()))
        .map(e -> ((TrackFormatChanged) e).format().timescale())
        .findFirst()
        .orElseThrow()
        .toSeconds(frame.frame().dts());
  }

  private static List<LogEntry> ofSound(List<LogEntry> log) {
    return log.stream()
        .filter(e -> !(e instanceof LoggedFrame f) || f.frame().track().equals(TrackId.AUDIO))
        .toList();
  }

  private static List<Long> dts(List<LogEntry> log) {
    return WorkerRun.framesOf(log).stream().map(f -> f.frame().dts()).toList();
  }

  private static void assertUnbroken(List<LogEntry> log) {
    List<Long> dts = dts(log);
    for (int i = 1; i < dts.size(); i++) {
      assertThat(dts.get(i) - dts.get(i - 1)).as("before frame %d", i).isEqualTo(1_024);
    }
  }

  private static List<String> cuts(List<LogEntry> log) {
    return WorkerRun.framesOf(log).stream()
        .filter(LoggedFrame::cut)
        .map(f -> "%d at %d".formatted(f.segment(), f.frame().dts()))
        .toList();
  }

  private static List<LogEntry> boundaries(List<LogEntry> log) {
    return log.stream()
        .filter(
            e -> e instanceof EpochStarted || e instanceof EpochEnded || e instanceof StreamClosed)
        .toList();
  }

  private static AudioFormat format(List<LogEntry> log) {
    return log.stream()
        .filter(e -> e instanceof TrackFormatChanged c && c.track().equals(TrackId.AUDIO))
        .map(e -> (AudioFormat) ((TrackFormatChanged) e).format())
        .findFirst()
        .orElseThrow();
  }

  private static void assertSameClocks(List<LogEntry> source, List<LogEntry> rung) {
    LoggedFrame of = WorkerRun.framesOf(ofSound(source)).get(20);
    LoggedFrame same = WorkerRun.framesOf(rung).get(40);
    assertThat(same.frame().dts()).isEqualTo(of.frame().dts());
    assertThat(same.wallClock()).isEqualTo(of.wallClock());
    assertThat(same.arrivedAt()).isEqualTo(of.arrivedAt());
  }

  /// Both decode to the same sound between two times: by as much as they are shifted against each
  /// other, they are most alike when that is nothing.
  private void assertSameSound(
      List<LogEntry> source, List<LogEntry> rung, double fromSeconds, double toSeconds)
      throws IOException {
    float[] expected = pcm(ofSound(source));
    float[] actual = pcm(rung);
    int from = (int) (fromSeconds * RATE);
    int to = (int) (toSeconds * RATE);
    int reach = 480;
    double best = -1;
    int lag = 0;
    for (int shift = -reach; shift <= reach; shift++) {
      double likeness = likeness(expected, actual, from, to, shift);
      if (likeness > best) {
        best = likeness;
        lag = shift;
      }
    }
    assertThat(lag)
        .as("samples by which the rung is late, likeness %f", best)
        .isBetween(-TOLERANCE, TOLERANCE);
    assertThat(best).as("likeness").isGreaterThan(0.9);
  }

  private static double likeness(float[] a, float[] b, int from, int to, int shift) {
    double product = 0;
    double powerA = 0;
    double powerB = 0;
    for (int i = from; i < to; i++) {
      product += a[i] * b[i + shift];
      powerA += a[i] * a[i];
      powerB += b[i + shift] * b[i + shift];
    }
    return product / Math.sqrt(powerA * powerB + 1e-9);
  }

  private static float loudest(float[] samples, int from, int to) {
    float loudest = 0;
    for (int i = from; i < to; i++) {
      loudest = Math.max(loudest, Math.abs(samples[i]));
    }
    return loudest;
  }

  /// What FFmpeg decodes of a log: one channel at 48 kHz, from the stream's time 0 on.
  private float[] pcm(List<LogEntry> log) throws IOException {
    Path file = directory.resolve("sound.mp4");
    AudioFormat format = format(log);
    List<LoggedFrame> frames = WorkerRun.framesOf(log);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(CmafHeaderWriter.write(format).toByteArray());
      for (LoggedFrame frame : frames) {
        CmafSample sample =
            new CmafSample(frame.frame().payload(), format.samplesPerFrame(), 0, true);
        CmafChunk chunk =
            new CmafChunk(
                frame.segment(), frame.frame().dts(), true, Optional.empty(), List.of(sample));
        out.write(CmafChunkWriter.write(chunk).toByteArray());
      }
    }
    assertThat(Ffprobe.decodeErrors(file.toString())).isEmpty();
    byte[] bytes =
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60),
            "-i",
            file.toString(),
            "-af",
            "aresample=async=1:first_pts=0,aformat=channel_layouts=stereo,pan=mono|c0=c0",
            "-ar",
            Integer.toString(RATE),
            "-f",
            "f32le",
            "-");
    FloatBuffer samples = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] pcm = new float[samples.remaining()];
    samples.get(pcm);
    return pcm;
  }
}
