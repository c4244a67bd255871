package nova.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
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
import nova.framelog.SyntheticBroadcast;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;
import nova.framelog.pipe.RungJob;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceSelectionTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final VideoFormat VIDEO =
      (VideoFormat)
          Objects.requireNonNull(SyntheticBroadcast.usual(7).formats().get(TrackId.VIDEO));

  private static TranscodeTask task(VideoFormat source, int firstEpoch) {
    return new TranscodeTask(
        TrackId.VIDEO,
        source,
        30,
        EncoderPreset.VERYFAST,
        List.of(new Rung(new RenditionId("480p"), 854, 480, 1, 1_500_000, 1_650_000)),
        null,
        LogPosition.EARLIEST,
        new Epoch(firstEpoch));
  }

  private static VideoFormat larger() {
    return new VideoFormat(
        VIDEO.codec(),
        VIDEO.timescale(),
        VIDEO.codecString(),
        VIDEO.width() * 2,
        VIDEO.height() * 2,
        VIDEO.pixelAspectRatio(),
        VIDEO.frameRate(),
        VIDEO.configuration());
  }

  /// The log of so many epochs of 7 s each, with keyframes every 2 s.
  private static List<LogEntry> log(int epochs) throws InterruptedException {
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(7);
    for (int i = 0; i < epochs; i++) {
      Duration later = Duration.ofSeconds(10L * i);
      var _ = writer.startEpoch(broadcast.formats(), SyntheticBroadcast.BEGIN.plus(later));
      for (SyntheticBroadcast.Arrival arrival : broadcast.arrivals()) {
        LoggedFrame _ = writer.append(arrival.frame(), arrival.at().plus(later));
      }
    }
    writer.closeStream(true, "over");
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST)) {
      while (entries.isEmpty() || !(entries.getLast() instanceof StreamClosed)) {
        entries.addAll(reader.read(Duration.ofSeconds(5)));
      }
    }
    return entries;
  }

  private static List<LogEntry> selected(SourceSelection selection, List<LogEntry> log) {
    List<LogEntry> selected = new ArrayList<>();
    for (LogEntry entry : log) {
      selected.addAll(selection.select(entry));
      if (!selected.isEmpty() && selected.getLast() instanceof StreamClosed) {
        break;
      }
    }
    return selected;
  }

  private static List<LogEntry> ofVideo(List<LogEntry> log) {
    return log.stream()
        .filter(
            e ->
                !(e instanceof LoggedFrame f && !f.frame().track().equals(TrackId.VIDEO))
                    && !(e instanceof TrackFormatChanged c && !c.track().equals(TrackId.VIDEO)))
        .toList();
  }

  private static List<LoggedFrame> frames(List<LogEntry> log) {
    return log.stream().filter(LoggedFrame.class::isInstance).map(LoggedFrame.class::cast).toList();
  }

  @Test
  void rungsAtTheirBeginning_needTheWholeTrack() throws Exception {
    List<LogEntry> log = log(2);
    SourceSelection selection =
        new SourceSelection(task(VIDEO, 0), RungJob.NOTHING, RungJob.NOTHING);
    assertThat(selected(selection, log)).isEqualTo(ofVideo(log));
    assertThat(selection.sourceChanged()).isFalse();
  }

  @Test
  void rungsThatGoOn_needTheGroupOfPicturesThatTheyAreIn() throws Exception {
    List<LogEntry> video = ofVideo(log(1));
    List<LoggedFrame> frames = frames(video);
    for (int last : List.of(0, 30, 59, 60, 100, 119, 120, 150)) {
      SourceSelection selection =
          new SourceSelection(task(VIDEO, 0), frames.get(last).frame().dts(), RungJob.NOTHING);
      List<LogEntry> selected = selected(selection, video);
      int from = (last + 1) / 60 * 60;
      assertThat(selected.subList(0, 2)).as("after frame %d", last).isEqualTo(video.subList(0, 2));
      assertThat(frames(selected)).isEqualTo(frames.subList(from, frames.size()));
    }
  }

  @Test
  void epochThatRungsHaveWhole_isOnlyEnded() throws Exception {
    List<LogEntry> video = ofVideo(log(2));
    List<LoggedFrame> frames = frames(video);
    int half = frames.size() / 2;
    SourceSelection selection =
        new SourceSelection(task(VIDEO, 0), frames.get(half - 1).frame().dts(), RungJob.NOTHING);

    List<LogEntry> selected = selected(selection, video);

    assertThat(selected.subList(0, 3))
        .containsExactly(video.get(0), video.get(1), new EpochEnded(new Epoch(0), end(video)));
    assertThat(frames(selected)).isEqualTo(frames.subList(half, frames.size()));
  }

  private static LogEntry.EpochEnd end(List<LogEntry> log) {
    return log.stream()
        .filter(EpochEnded.class::isInstance)
        .map(e -> ((EpochEnded) e).end())
        .findFirst()
        .orElseThrow();
  }

  private static TranscodeTask taskWithSound(@Nullable VideoFormat source) {
    TranscodeTask task = task(VIDEO, 0);
    AudioRung rung = new AudioRung(new RenditionId("aac"), 48_000, 2, 128_000);
    return new TranscodeTask(
        task.track(),
        source,
        30,
        task.preset(),
        source == null ? List.of() : task.rungs(),
        rung,
        task.from(),
        task.firstEpoch());
  }

  /// The log of epochs whose sound is HE-AAC.
  private static List<LogEntry> logWithSound(int epochs) throws Exception {
    AudioFormat format =
        new AudioFormat(AudioCodec.AAC, "mp4a.40.5", 48_000, 2, 1_024, Bytes.ofHex("2b118800"));
    return log(epochs).stream()
        .<LogEntry>map(
            e ->
                e instanceof TrackFormatChanged c && c.track().equals(TrackId.AUDIO)
                    ? new TrackFormatChanged(c.track(), format)
                    : e)
        .toList();
  }

  @Test
  void soundToEncode_isSelectedToo() throws Exception {
    List<LogEntry> log = logWithSound(2);
    SourceSelection selection =
        new SourceSelection(taskWithSound(VIDEO), RungJob.NOTHING, RungJob.NOTHING);
    assertThat(selected(selection, log)).isEqualTo(log);
  }

  @Test
  void soundThatGoesOn_isGivenFromALittleBefore() throws Exception {
    List<LogEntry> log = logWithSound(1);
    long last = 96 * 1_024;
    SourceSelection selection = new SourceSelection(taskWithSound(VIDEO), 5L * 90_000, last);

    List<LogEntry> selected = selected(selection, log);

    assertThat(selected.subList(0, 3)).isEqualTo(log.subList(0, 3));
    assertThat(
            frames(selected).stream()
                .filter(f -> f.frame().track().equals(TrackId.AUDIO))
                .findFirst()
                .orElseThrow()
                .frame()
                .dts())
        .isBetween(last - 10_624, last - 8_576);
    assertThat(frames(ofVideo(selected)).getFirst().frame().dts()).isEqualTo(4L * 90_000);
  }

  @Test
  void soundOfAnotherKind_endsTheInput() throws Exception {
    SourceSelection passing = new SourceSelection(task(VIDEO, 0), RungJob.NOTHING, RungJob.NOTHING);
    assertThat(selected(passing, logWithSound(1)))
        .containsExactly(new StreamClosed(true, "the source goes on in another format"));
    assertThat(passing.sourceChanged()).isTrue();
    SourceSelection alone =
        new SourceSelection(taskWithSound(null), RungJob.NOTHING, RungJob.NOTHING);
    assertThat(selected(alone, logWithSound(1))).as("now with a picture").hasSize(1);
  }

  @Test
  void epochsBeforeTheFirst_areNotNeeded() throws Exception {
    List<LogEntry> video = ofVideo(log(2));
    SourceSelection selection =
        new SourceSelection(task(VIDEO, 1), RungJob.NOTHING, RungJob.NOTHING);

    List<LogEntry> selected = selected(selection, video);

    assertThat(selected.getFirst())
        .isInstanceOfSatisfying(
            EpochStarted.class, e -> assertThat(e.epoch()).isEqualTo(new Epoch(1)));
    assertThat(frames(selected)).hasSize(frames(video).size() / 2);
  }

  @Test
  void sourceInAnotherFormat_endsTheInputWithTheEpochBefore() throws Exception {
    List<LogEntry> changes = new ArrayList<>();
    for (LogEntry entry : ofVideo(log(2))) {
      boolean second = changes.stream().filter(EpochStarted.class::isInstance).count() == 2;
      changes.add(
          second && entry instanceof TrackFormatChanged changed
              ? new TrackFormatChanged(changed.track(), larger())
              : entry);
    }
    SourceSelection selection =
        new SourceSelection(task(VIDEO, 0), RungJob.NOTHING, RungJob.NOTHING);

    List<LogEntry> selected = selected(selection, changes);

    assertThat(selection.sourceChanged()).isTrue();
    assertThat(selected.get(selected.size() - 2)).isInstanceOf(EpochEnded.class);
    assertThat(frames(selected)).hasSize(frames(changes).size() / 2);
  }

  @Test
  void readerThatFellBehind_isFollowedFromWhereItGoesOn() throws Exception {
    List<LogEntry> video = ofVideo(log(1));
    List<LogEntry> holed = new ArrayList<>(video.subList(0, 40));
    holed.addAll(video.subList(0, 2)); // as a reader that fell behind gets them
    holed.addAll(video.subList(122, video.size()));
    SourceSelection selection =
        new SourceSelection(task(VIDEO, 0), RungJob.NOTHING, RungJob.NOTHING);
    assertThat(selected(selection, holed)).isEqualTo(holed);
  }
}
