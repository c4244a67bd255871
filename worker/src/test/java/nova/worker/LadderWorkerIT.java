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
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
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
import nova.framelog.pipe.WorkerMessage.Failed;
import nova.framelog.pipe.WorkerMessage.Ready;
import nova.framelog.pipe.WorkerMessage.SourceEntry;
import nova.framelog.pipe.WorkerMessage.StartJob;
import nova.media.MediaFrame;
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

/// Worker processes do real jobs on what a real encoder made, and FFmpeg reads the rungs back.
class LadderWorkerIT {
  private static final RenditionId MIDDLE = new RenditionId("270p");
  private static final RenditionId LOW = new RenditionId("180p");
  private static final RenditionId SAME = new RenditionId("360p");

  @TempDir private Path directory;

  private static Rung rung(RenditionId id, int width, int height, int divisor) {
    return new Rung(id, width, height, divisor, 400_000, 440_000);
  }

  private static TranscodeJob job(double fps, Rung... rungs) {
    return new TranscodeJob(
        TrackId.VIDEO,
        fps,
        EncoderPreset.SUPERFAST,
        List.of(rungs).stream().map(RungJob::fromTheStart).toList());
  }

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
    assertDecodes(run.log(SAME), 640, 360);
    assertDecodes(run.log(MIDDLE), 480, 270);
    assertDecodes(run.log(LOW), 320, 180);
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
    assertDecodes(run.log(LOW), 320, 180);
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
    var _ = assertReadsBack(run.log(LOW), 320, 180);
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
    assertDecodes(joined, 160, 90);
  }

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
    var _ = assertReadsBack(run.log(LOW), 320, 180);
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
    assertDecodes(run.log(LOW), 320, 180);
    List<LogEntry> middle = run.log(MIDDLE);
    int left = middle.indexOf(new StreamClosed(true, "the rung is left out"));
    assertThat(left).as("place of the end in %d entries", middle.size()).isPositive();
    List<LogEntry> before = middle.subList(0, left);
    List<LogEntry> after = middle.subList(left + 1, middle.size());
    assertThat(framesOfSegments(WorkerRun.framesOf(before))).containsOnly(60L);
    assertThat(after.subList(0, 2)).isEqualTo(before.subList(0, 2));
    assertThat(WorkerRun.framesOf(after).getFirst().cut()).isTrue();
    assertThat(framesOfSegments(WorkerRun.framesOf(after))).containsOnly(60L);
    assertDecodes(before, 480, 270);
  }

  private static List<Long> framesOfSegments(List<LoggedFrame> frames) {
    return List.copyOf(
        frames.stream()
            .collect(Collectors.groupingBy(LoggedFrame::segment, TreeMap::new, counting()))
            .values());
  }

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
    assertDecodes(run.log(LOW), 160, 90);
    assertThat(format(run.log(SAME)).codecString()).as("High").startsWith("avc1.64");
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
  void openGroupsOfPictures_giveRungsThatCloseTheirs() throws Exception {
    List<LogEntry> source =
        SourceClip.log(
            SourceClip.encode(
                directory, "320x180", 30, 8, "-g", "60", "-bf", "3", "-x264-params", "open-gop=1"));

    WorkerRun run = WorkerRun.of(job(30, rung(LOW, 160, 90, 1)), source);

    assertThat(run.of(Failed.class)).isEmpty();
    assertSameFrames(source, run.log(LOW));
    assertDecodes(run.log(LOW), 160, 90);
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
    assertDecodes(run.log(LOW), 160, 90);
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
    assertDecodes(run.log(LOW), 160, 90);
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
  void serverThatGoesAway_endsTheWorker() throws Exception {
    StartJob start = new StartJob(job(30, rung(LOW, 160, 90, 1)));
    assertThat(WorkerRun.ofMessages(List.of(start)).exitStatus())
        .isEqualTo(LadderWorker.SERVER_GONE);
    assertThat(WorkerRun.ofMessages(List.of()).exitStatus()).isEqualTo(LadderWorker.SERVER_GONE);
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

  @Test
  void firstMessageThatIsNoJob_isRefusedWithASentence() throws Exception {
    WorkerRun run = WorkerRun.ofMessages(List.of(new SourceEntry(new StreamClosed(true, "over"))));

    assertThat(run.exitStatus()).isEqualTo(LadderWorker.GAVE_UP);
    assertThat(run.of(Failed.class).getFirst().sentence()).contains("expected: a job");
  }

  private static void assertSameFrames(List<LogEntry> source, List<LogEntry> rung) {
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

  private static void assertKeyframesAreCuts(List<LoggedFrame> frames) {
    assertThat(frames)
        .allSatisfy(f -> assertThat(f.frame().keyframe()).as(f.toString()).isEqualTo(f.cut()));
  }

  /// Where the cuts are: segment and decode time.
  private static List<String> cuts(List<LoggedFrame> frames) {
    return frames.stream()
        .filter(LoggedFrame::cut)
        .map(f -> "%d at %d".formatted(f.segment(), f.frame().dts()))
        .toList();
  }

  private static List<Long> segments(List<LoggedFrame> frames) {
    return frames.stream().map(LoggedFrame::segment).distinct().toList();
  }

  private static List<LogEntry> boundaries(List<LogEntry> log) {
    return log.stream()
        .filter(
            e -> e instanceof EpochStarted || e instanceof EpochEnded || e instanceof StreamClosed)
        .toList();
  }

  private static VideoFormat format(List<LogEntry> log) {
    return log.stream()
        .filter(TrackFormatChanged.class::isInstance)
        .map(e -> (VideoFormat) ((TrackFormatChanged) e).format())
        .findFirst()
        .orElseThrow();
  }

  /// As [#assertReadsBack], and decodes without a complaint. Where frames are left out FFmpeg 5.1
  /// complains that they do not fit the constant rate that it guesses.
  private void assertDecodes(List<LogEntry> log, int width, int height) throws IOException {
    Path file = assertReadsBack(log, width, height);
    assertThat(Ffprobe.decodeErrors(file.toString())).isEmpty();
  }

  /// Packages the only epoch of a log, one chunk per segment, and lets FFmpeg judge it.
  private Path assertReadsBack(List<LogEntry> log, int width, int height) throws IOException {
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
