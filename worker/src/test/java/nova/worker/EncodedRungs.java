package nova.worker;

import static java.util.stream.Collectors.counting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.media.MediaFrame;
import nova.media.TrackFormat.VideoFormat;
import nova.media.mp4.CmafChunk;
import nova.media.mp4.CmafChunkWriter;
import nova.media.mp4.CmafHeaderWriter;
import nova.media.mp4.CmafSample;
import nova.testkit.Ffprobe;

/// Jobs of rungs, and what tests ask of what workers made of them.
///
/// *Thread-safe.*
final class EncodedRungs {
  static final RenditionId MIDDLE = new RenditionId("270p");
  static final RenditionId LOW = new RenditionId("180p");
  static final RenditionId SAME = new RenditionId("360p");

  private EncodedRungs() {}

  static Rung rung(RenditionId id, int width, int height, int divisor) {
    return new Rung(id, width, height, divisor, 400_000, 440_000);
  }

  /// A job from the start on.
  static TranscodeJob job(double fps, Rung... rungs) {
    return new TranscodeJob(
        TrackId.VIDEO,
        fps,
        EncoderPreset.SUPERFAST,
        List.of(rungs).stream().map(RungJob::fromTheStart).toList());
  }

  /// A rung has every frame of the source, at its times and in its segments.
  static void assertSameFrames(List<LogEntry> source, List<LogEntry> rung) {
    List<LoggedFrame> expected = WorkerRun.framesOf(source);
    List<LoggedFrame> frames = WorkerRun.framesOf(rung);
    assertThat(frames.stream().map(f -> f.frame().dts()).toList())
        .isEqualTo(expected.stream().map(f -> f.frame().dts()).toList());
    assertThat(frames.stream().map(f -> f.frame().pts()).toList())
        .isEqualTo(expected.stream().map(f -> f.frame().pts()).sorted().toList());
    assertThat(cuts(frames)).isEqualTo(cuts(expected));
    assertThat(frames.stream().map(LoggedFrame::segment).toList())
        .isEqualTo(expected.stream().map(LoggedFrame::segment).toList());
    assertKeyframesAreCuts(frames);
    assertThat(boundaries(rung)).isEqualTo(boundaries(source));
  }

  static void assertKeyframesAreCuts(List<LoggedFrame> frames) {
    assertThat(frames)
        .allSatisfy(f -> assertThat(f.frame().keyframe()).as(f.toString()).isEqualTo(f.cut()));
  }

  /// Where the cuts are: segment and decode time.
  static List<String> cuts(List<LoggedFrame> frames) {
    return frames.stream()
        .filter(LoggedFrame::cut)
        .map(f -> "%d at %d".formatted(f.segment(), f.frame().dts()))
        .toList();
  }

  static List<Long> segments(List<LoggedFrame> frames) {
    return frames.stream().map(LoggedFrame::segment).distinct().toList();
  }

  /// How many frames each segment has.
  static List<Long> framesOfSegments(List<LoggedFrame> frames) {
    return List.copyOf(
        frames.stream()
            .collect(Collectors.groupingBy(LoggedFrame::segment, TreeMap::new, counting()))
            .values());
  }

  static List<LogEntry> boundaries(List<LogEntry> log) {
    return log.stream()
        .filter(
            e -> e instanceof EpochStarted || e instanceof EpochEnded || e instanceof StreamClosed)
        .toList();
  }

  static VideoFormat format(List<LogEntry> log) {
    return log.stream()
        .filter(TrackFormatChanged.class::isInstance)
        .map(e -> (VideoFormat) ((TrackFormatChanged) e).format())
        .findFirst()
        .orElseThrow();
  }

  /// As [#assertReadsBack], and decodes without a complaint. Where frames are left out FFmpeg 5.1
  /// complains that they do not fit the constant rate that it guesses.
  static void assertDecodes(Path directory, List<LogEntry> log, int width, int height)
      throws IOException {
    Path file = assertReadsBack(directory, log, width, height);
    assertThat(Ffprobe.decodeErrors(file.toString())).isEmpty();
  }

  /// Packages the only epoch of a log, one chunk per segment, and lets FFmpeg judge it.
  static Path assertReadsBack(Path directory, List<LogEntry> log, int width, int height)
      throws IOException {
    Path file = directory.resolve("rung-%dx%d.mp4".formatted(width, height));
    List<LoggedFrame> frames = WorkerRun.framesOf(log);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(CmafHeaderWriter.write(format(log)).toByteArray());
      List<CmafSample> samples = new ArrayList<>();
      long start = frames.getFirst().frame().dts();
      for (int i = 0; i < frames.size(); i++) {
        MediaFrame frame = frames.get(i).frame();
        boolean lastOfAll = i == frames.size() - 1;
        long duration = lastOfAll ? 3_000 : frames.get(i + 1).frame().dts() - frame.dts();
        samples.add(
            new CmafSample(frame.payload(), duration, frame.pts() - frame.dts(), frame.keyframe()));
        if (lastOfAll || frames.get(i + 1).cut()) {
          CmafChunk chunk =
              new CmafChunk(frames.get(i).segment(), start, true, Optional.empty(), samples);
          out.write(CmafChunkWriter.write(chunk).toByteArray());
          samples.clear();
          start = frame.dts() + duration;
        }
      }
    }
    JsonNode stream = Ffprobe.streams(file.toString()).getFirst();
    assertThat(stream.path("codec_name").asText()).isEqualTo("h264");
    assertThat(stream.path("width").asInt()).isEqualTo(width);
    assertThat(stream.path("height").asInt()).isEqualTo(height);
    assertThat(stream.path("has_b_frames").asInt()).isZero();
    assertThat(Ffprobe.packets(file.toString()).stream().map(p -> p.pts() + " " + p.key()).toList())
        .isEqualTo(frames.stream().map(f -> f.frame().pts() + " " + f.frame().keyframe()).toList());
    JsonNode counted = Ffprobe.json(file.toString(), "-count_frames", "-show_streams");
    assertThat(counted.at("/streams/0/nb_read_frames").asInt()).isEqualTo(frames.size());
    return file;
  }
}
