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
import java.util.stream.Stream;
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
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.StreamLogWriter;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
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

/// Broadcasts with sound to encode, and what tests ask of what workers made of it.
///
/// *Thread-safe.*
final class EncodedSound {
  static final RenditionId AAC = new RenditionId("aac");
  static final AudioRung RUNG = new AudioRung(AAC, 48_000, 2, 128_000);
  static final int SOURCE_FRAME = 2_048;
  static final int RATE = 48_000;
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

  private EncodedSound() {}

  record Epoch(Map<TrackId, TrackFormat> formats, List<MediaFrame> frames) {}

  /// A job from the start on, of sound and rungs beside it.
  static TranscodeJob job(AudioRung sound, Rung... rungs) {
    return new TranscodeJob(
        TrackId.VIDEO,
        rungs.length == 0 ? 0 : FPS,
        EncoderPreset.FAST,
        Stream.of(rungs).map(RungJob::fromTheStart).toList(),
        AudioJob.fromTheStart(TrackId.AUDIO, sound));
  }

  /// Sound beside as many seconds of pictures that no decoder sees.
  static Epoch epoch(SoundClip sound, int pictureSeconds) {
    List<MediaFrame> pictures = new ArrayList<>();
    for (int i = 0; i < pictureSeconds * FPS; i++) {
      long dts = i * 90_000L / FPS;
      pictures.add(new MediaFrame(TrackId.VIDEO, dts, dts, i % (2 * FPS) == 0, Bytes.ofHex("00")));
    }
    return epoch(sound, new SourceClip(VIDEO, pictures));
  }

  /// Sound beside pictures.
  static Epoch epoch(SoundClip sound, SourceClip picture) {
    Map<TrackId, TrackFormat> formats = new HashMap<>();
    if (!sound.frames().isEmpty()) {
      formats.put(TrackId.AUDIO, sound.format());
    }
    if (!picture.frames().isEmpty()) {
      formats.put(TrackId.VIDEO, picture.format());
    }
    List<MediaFrame> frames = new ArrayList<>(picture.frames());
    frames.addAll(sound.frames());
    frames.sort(Comparator.comparingDouble(frame -> seconds(formats, frame)));
    return new Epoch(formats, frames);
  }

  private static double seconds(Map<TrackId, TrackFormat> formats, MediaFrame frame) {
    return Objects.requireNonNull(formats.get(frame.track())).timescale().toSeconds(frame.dts());
  }

  static List<LogEntry> log(Epoch... epochs) throws InterruptedException {
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

  static double seconds(LoggedFrame frame, List<LogEntry> log) {
    return log.stream()
        .filter(e -> e instanceof TrackFormatChanged c && c.track().equals(frame.frame().track()))
        .map(e -> ((TrackFormatChanged) e).format().timescale())
        .findFirst()
        .orElseThrow()
        .toSeconds(frame.frame().dts());
  }

  static List<LogEntry> ofSound(List<LogEntry> log) {
    return log.stream()
        .filter(e -> !(e instanceof LoggedFrame f) || f.frame().track().equals(TrackId.AUDIO))
        .toList();
  }

  static List<Long> dts(List<LogEntry> log) {
    return WorkerRun.framesOf(log).stream().map(f -> f.frame().dts()).toList();
  }

  static void assertUnbroken(List<LogEntry> log) {
    List<Long> dts = dts(log);
    for (int i = 1; i < dts.size(); i++) {
      assertThat(dts.get(i) - dts.get(i - 1)).as("before frame %d", i).isEqualTo(1_024);
    }
  }

  static List<String> cuts(List<LogEntry> log) {
    return EncodedRungs.cuts(WorkerRun.framesOf(log));
  }

  static AudioFormat format(List<LogEntry> log) {
    return log.stream()
        .filter(e -> e instanceof TrackFormatChanged c && c.track().equals(TrackId.AUDIO))
        .map(e -> (AudioFormat) ((TrackFormatChanged) e).format())
        .findFirst()
        .orElseThrow();
  }

  static void assertSameClocks(List<LogEntry> source, List<LogEntry> rung) {
    LoggedFrame of = WorkerRun.framesOf(ofSound(source)).get(20);
    LoggedFrame same = WorkerRun.framesOf(rung).get(40);
    assertThat(same.frame().dts()).isEqualTo(of.frame().dts());
    assertThat(same.wallClock()).isEqualTo(of.wallClock());
    assertThat(same.arrivedAt()).isEqualTo(of.arrivedAt());
  }

  /// Both decode to the same sound between two times: by as much as they are shifted against each
  /// other, they are most alike when that is nothing.
  static void assertSameSound(
      Path directory,
      List<LogEntry> source,
      List<LogEntry> rung,
      double fromSeconds,
      double toSeconds)
      throws IOException {
    float[] expected = pcm(directory, ofSound(source));
    float[] actual = pcm(directory, rung);
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

  static float loudest(float[] samples, int from, int to) {
    float loudest = 0;
    for (int i = from; i < to; i++) {
      loudest = Math.max(loudest, Math.abs(samples[i]));
    }
    return loudest;
  }

  /// What FFmpeg decodes of a log: one channel at 48 kHz, from the stream's time 0 on.
  static float[] pcm(Path directory, List<LogEntry> log) throws IOException {
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
