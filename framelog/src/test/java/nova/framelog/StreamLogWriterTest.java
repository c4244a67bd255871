package nova.framelog;

import static nova.framelog.SyntheticBroadcast.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.SyntheticBroadcast.Arrival;
import nova.media.MediaFrame;
import org.junit.jupiter.api.Test;

class StreamLogWriterTest {
  private static final StreamId STREAM = new StreamId("abcd");

  private final InProcessFrameLog frames =
      new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));

  @Test
  void epoch_startsWithItsFormats_videoFirst() throws Exception {
    StreamLogWriter writer = writer();
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(1);

    assertThat(writer.startEpoch(broadcast.formats(), BEGIN)).isEqualTo(new Epoch(0));

    assertThat(entries())
        .containsExactly(
            new EpochStarted(new Epoch(0), 1, BEGIN),
            new TrackFormatChanged(TrackId.VIDEO, broadcast.videoFormat()),
            new TrackFormatChanged(TrackId.AUDIO, broadcast.audioFormat()));
  }

  @Test
  void secondEpoch_goesOnWithNumbers_atItsPlaceOnTheWallClock() throws Exception {
    StreamLogWriter first = writer();
    write(first, SyntheticBroadcast.usual(10), Duration.ZERO);
    first.endEpoch(EpochEnd.CONNECTION_LOST);
    StreamLogWriter second = writer();

    List<LoggedFrame> back = write(second, SyntheticBroadcast.usual(2), Duration.ofSeconds(17));

    EpochStarted started = last(EpochStarted.class);
    assertThat(started.epoch()).isEqualTo(new Epoch(1));
    assertThat(started.firstSegment()).isEqualTo(6);
    MediaFrame frame = back.getFirst().frame();
    assertThat(frame.dts() / 90_000.0).isBetween(16.9, 17.1);
    assertThat(back.getFirst().wallClock())
        .isBetween(BEGIN.plusMillis(16_990), BEGIN.plusMillis(17_100));
    assertThat(back.getFirst().segment()).isEqualTo(6);
    assertThat(back.getFirst().cut()).isTrue();
  }

  @Test
  void changeOfFormat_goesOnWithoutAHole() throws Exception {
    StreamLogWriter writer = writer();
    List<LoggedFrame> before = write(writer, SyntheticBroadcast.usual(4), Duration.ZERO);

    List<LoggedFrame> after = write(writer, SyntheticBroadcast.usual(2), Duration.ofMillis(4_150));

    assertThat(last(EpochEnded.class))
        .isEqualTo(new EpochEnded(new Epoch(0), EpochEnd.FORMAT_CHANGED));
    double endOfBefore =
        before.stream()
                .filter(StreamLogWriterTest::isVideo)
                .mapToLong(f -> f.frame().pts())
                .max()
                .orElseThrow()
            / 90_000.0;
    assertThat(after.getFirst().frame().dts() / 90_000.0)
        .isBetween(endOfBefore, endOfBefore + 0.04);
  }

  @Test
  void mediaAheadOfTheWallClock_nextEpochDoesNotGoBack() throws Exception {
    StreamLogWriter writer = writer();
    write(writer, SyntheticBroadcast.usual(20), Duration.ZERO);
    Instant latest =
        entries().stream()
            .filter(LoggedFrame.class::isInstance)
            .map(e -> ((LoggedFrame) e).wallClock())
            .max(Instant::compareTo)
            .orElseThrow();

    List<LoggedFrame> after = write(writer, SyntheticBroadcast.usual(2), Duration.ofSeconds(3));

    assertThat(after).allMatch(f -> f.frame().dts() >= 0);
    assertThat(after.getFirst().frame().dts()).isGreaterThanOrEqualTo(20 * 90_000);
    assertThat(after.getFirst().wallClock()).isAfterOrEqualTo(latest);
  }

  @Test
  void close_endsTheOpenEpoch() throws Exception {
    StreamLogWriter writer = writer();
    write(writer, SyntheticBroadcast.usual(1), Duration.ZERO);

    writer.closeStream(true, "the broadcaster left");

    List<LogEntry> entries = entries();
    assertThat(entries.subList(entries.size() - 2, entries.size()))
        .containsExactly(
            new EpochEnded(new Epoch(0), EpochEnd.FINISHED),
            new StreamClosed(true, "the broadcaster left"));
  }

  @Test
  void newerWriter_fencesTheOlder() {
    StreamLogWriter older = writer();
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(1);
    Epoch _ = older.startEpoch(broadcast.formats(), BEGIN);
    StreamLogWriter _ = writer();

    assertThatThrownBy(() -> older.append(broadcast.arrivals().getFirst().frame(), BEGIN))
        .isInstanceOf(WriterFencedException.class)
        .hasMessageContaining("abcd");
  }

  @Test
  void timesThatDoNotRise_areRefusedWithASentence() {
    StreamLogWriter writer = writer();
    Epoch _ = writer.startEpoch(SyntheticBroadcast.usual(1).formats(), BEGIN);
    MediaFrame frame = new MediaFrame(TrackId.VIDEO, 90, 90, true, Bytes.EMPTY);
    LoggedFrame _ = writer.append(frame, BEGIN);

    assertThatThrownBy(() -> writer.append(frame, BEGIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dts 90 of track video0 (expected: > 90)");
  }

  private StreamLogWriter writer() {
    return new StreamLogWriter(frames.openWriter(STREAM));
  }

  private static List<LoggedFrame> write(
      StreamLogWriter writer, SyntheticBroadcast broadcast, Duration after) {
    List<LoggedFrame> written = new ArrayList<>();
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN.plus(after));
    for (Arrival arrival : broadcast.arrivals()) {
      written.add(writer.append(arrival.frame(), arrival.at().plus(after)));
    }
    return written;
  }

  private static boolean isVideo(LoggedFrame logged) {
    return logged.frame().track().equals(TrackId.VIDEO);
  }

  private List<LogEntry> entries() throws InterruptedException {
    List<LogEntry> all = new ArrayList<>();
    try (FrameLogReader reader = frames.openReader(STREAM, LogPosition.EARLIEST)) {
      List<LogEntry> batch = reader.read(Duration.ZERO);
      while (!batch.isEmpty()) {
        all.addAll(batch);
        batch = reader.read(Duration.ZERO);
      }
    }
    return all;
  }

  private <T extends LogEntry> T last(Class<T> type) throws InterruptedException {
    return entries().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .reduce((_, b) -> b)
        .orElseThrow();
  }
}
