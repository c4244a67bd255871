package nova.framelog;

import static nova.framelog.SyntheticBroadcast.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.SyntheticBroadcast.Arrival;
import org.junit.jupiter.api.Test;

/// What every [FrameLog] must do; each adapter's test extends it.
public abstract class FrameLogContract {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final Duration SOON = Duration.ofSeconds(10);

  /// A new, empty log that keeps at least `bytes` of one stream, and not much more.
  protected abstract FrameLog newLog(long bytes);

  /// Makes a log that drops later what exceeds its size drop it now.
  protected void dropExcess(FrameLog log) throws Exception {}

  @Test
  void reader_fromEarliest_receivesEverythingInOrder() throws Exception {
    FrameLog log = newLog(32 << 20);
    write(log, SyntheticBroadcast.usual(5));

    List<LogEntry> entries = readAll(log.openReader(STREAM, LogPosition.EARLIEST));

    assertThat(entries).hasSize(3 + SyntheticBroadcast.usual(5).arrivals().size() + 2);
    assertThat(entries.getFirst()).isInstanceOf(EpochStarted.class);
    assertThat(entries.getLast()).isInstanceOf(StreamClosed.class);
    assertThat(frames(entries).stream().map(LoggedFrame::frame).toList())
        .isEqualTo(SyntheticBroadcast.usual(5).arrivals().stream().map(Arrival::frame).toList());
  }

  @Test
  void reader_fromLatestKeyframe_receivesFormatsThenTheKeyframe() throws Exception {
    FrameLog log = newLog(32 << 20);
    write(log, SyntheticBroadcast.usual(5));

    List<LogEntry> entries = readFrom(log, LogPosition.LATEST_KEYFRAME, 4 * 90_000);

    assertThat(entries.get(0)).isInstanceOf(EpochStarted.class);
    assertThat(entries.get(1)).isInstanceOf(TrackFormatChanged.class);
    assertThat(entries.get(2)).isInstanceOf(TrackFormatChanged.class);
    LoggedFrame first = frames(entries).getFirst();
    assertThat(first.frame().keyframe()).isTrue();
    assertThat(first.frame().track()).isEqualTo(TrackId.VIDEO);
    assertThat(first.frame().dts()).isEqualTo(4 * 90_000);
  }

  @Test
  void reader_fromASegment_receivesFormatsThenItsKeyframe() throws Exception {
    FrameLog log = newLog(32 << 20);
    write(log, SyntheticBroadcast.usual(9));

    List<LogEntry> entries = readFrom(log, LogPosition.fromSegment(3), 4 * 90_000);

    assertThat(entries.subList(0, 3))
        .hasOnlyElementsOfTypes(EpochStarted.class, TrackFormatChanged.class);
    LoggedFrame first = frames(entries).getFirst();
    assertThat(first.segment()).isEqualTo(3);
    assertThat(first.cut()).isTrue();
    assertThat(entries.getLast()).isInstanceOf(StreamClosed.class);
  }

  @Test
  void reader_fromASegmentCutWithinAGroupOfPictures_beginsAtTheKeyframeBefore() throws Exception {
    FrameLog log = newLog(32 << 20);
    write(log, SyntheticBroadcast.usual(12).withFps(30, 180)); // 6 s: cut evenly after the first

    List<LogEntry> entries = readFrom(log, LogPosition.fromSegment(4), 6_000 * 90);

    List<LoggedFrame> frames = frames(entries);
    assertThat(frames.getFirst().frame().keyframe()).isTrue();
    assertThat(frames.getFirst().segment()).isEqualTo(3);
    assertThat(frames).anyMatch(frame -> frame.segment() == 4);
  }

  @Test
  void reader_fromASegmentThatHasNotBegun_receivesItWhenItComes() throws Exception {
    FrameLog log = newLog(32 << 20);
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(5);
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.fromSegment(3));

    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));
    writer.closeStream(true, "over");

    assertThat(frames(readAll(reader)))
        .anyMatch(frame -> frame.segment() == 3 && frame.cut() && frame.frame().keyframe());
  }

  @Test
  void reader_beforeTheWriter_waitsForIt() throws Exception {
    FrameLog log = newLog(32 << 20);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    CompletableFuture<List<LogEntry>> read = readAsync(reader);

    write(log, SyntheticBroadcast.usual(1));

    assertThat(read.get(10, TimeUnit.SECONDS).getFirst()).isInstanceOf(EpochStarted.class);
    reader.close();
  }

  @Test
  void read_withNothingToRead_returnsEmptyAfterItsTimeout() throws Exception {
    try (FrameLogReader reader = newLog(32 << 20).openReader(STREAM, LogPosition.EARLIEST)) {
      assertThat(reader.read(Duration.ofMillis(5))).isEmpty();
      assertThat(reader.ended()).isFalse();
    }
  }

  @Test
  void close_wakesTheReader() throws Exception {
    FrameLogReader reader = newLog(32 << 20).openReader(STREAM, LogPosition.EARLIEST);
    CompletableFuture<List<LogEntry>> read = readAsync(reader);

    reader.close();

    assertThat(read.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(reader.ended()).isTrue();
  }

  @Test
  void remove_endsReaders_fencesTheWriter_andFreesMemory() throws Exception {
    FrameLog log = newLog(32 << 20);
    FrameLogWriter writer = log.openWriter(STREAM);
    writer.append(new StreamClosed(true, "over"));
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(reader.read(SOON)).hasSize(1);
    CompletableFuture<List<LogEntry>> read = readAsync(reader);

    log.remove(STREAM);
    log.remove(STREAM);

    assertThat(read.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(reader.ended()).isTrue();
    awaitEmpty(log);
    assertThatThrownBy(() -> writer.append(new StreamClosed(true, "again")))
        .isInstanceOf(WriterFencedException.class);
  }

  @Test
  void secondWriter_fencesTheFirst_andGoesOnFromItsTail() {
    FrameLog log = newLog(32 << 20);
    StreamLogWriter first = new StreamLogWriter(log.openWriter(STREAM));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(5);
    Epoch _ = first.startEpoch(broadcast.formats(), BEGIN);
    broadcast.arrivals().forEach(a -> first.append(a.frame(), a.at()));

    FrameLogWriter second = log.openWriter(STREAM);

    assertThatThrownBy(() -> first.endEpoch(EpochEnd.TAKEN_OVER))
        .isInstanceOf(WriterFencedException.class);
    LogTail tail = second.tail();
    assertThat(tail.lastEpoch()).isEqualTo(Optional.of(new Epoch(0)));
    assertThat(tail.lastSegment()).isEqualTo(3);
    assertThat(tail.mediaEnd()).isBetween(Duration.ofMillis(5_000), Duration.ofMillis(5_100));
    assertThat(tail.wallClockEnd().orElseThrow())
        .isBetween(BEGIN.plusMillis(5_000), BEGIN.plusMillis(5_100));
  }

  @Test
  void secondWriter_nothingOfTheFirstFollowsIt() throws Exception {
    FrameLog log = newLog(32 << 20);
    FrameLogWriter first = log.openWriter(STREAM);
    first.append(new EpochStarted(new Epoch(0), 1, BEGIN));
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(reader.read(SOON)).hasSize(1);

    FrameLogWriter second = log.openWriter(STREAM);
    assertThatThrownBy(() -> first.append(new StreamClosed(false, "the first")))
        .isInstanceOf(WriterFencedException.class);
    second.append(new StreamClosed(true, "the second"));

    assertThat(readAll(reader)).containsExactly(new StreamClosed(true, "the second"));
  }

  @Test
  void removedStream_beginsAnew() throws Exception {
    FrameLog log = newLog(32 << 20);
    write(log, SyntheticBroadcast.usual(3));
    assertThat(readAll(log.openReader(STREAM, LogPosition.EARLIEST))).isNotEmpty();
    log.remove(STREAM);

    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    FrameLogWriter writer = log.openWriter(STREAM);

    assertThat(writer.tail()).isEqualTo(LogTail.EMPTY);
    writer.append(new StreamClosed(true, "again"));
    assertThat(readAll(reader)).containsExactly(new StreamClosed(true, "again"));
  }

  @Test
  void streams_areSeparate() throws Exception {
    FrameLog log = newLog(32 << 20);
    log.openWriter(new StreamId("other")).append(new StreamClosed(true, "other"));

    try (FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST)) {
      assertThat(reader.read(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void fullLog_dropsWholeGroupsOfPictures_andNewReadersStartAtAKeyframe() throws Exception {
    FrameLog log = newLog(1 << 20);
    write(log, SyntheticBroadcast.usual(30).withPayload(2_000));
    dropExcess(log);

    assertThat(log.sizeBytes()).isLessThanOrEqualTo(2 << 20);
    List<LogEntry> entries = readAll(log.openReader(STREAM, LogPosition.EARLIEST));

    assertThat(entries.getFirst()).isInstanceOf(EpochStarted.class);
    LoggedFrame first = frames(entries).getFirst();
    assertThat(first.frame().keyframe()).isTrue();
    assertThat(first.frame().track()).isEqualTo(TrackId.VIDEO);
    assertThat(first.frame().dts()).isPositive();
    assertThat(entries.getLast()).isInstanceOf(StreamClosed.class);
  }

  @Test
  void slowReader_goesOnAtAKeyframe_withFormats_andCountsWhatItLost() throws Exception {
    FrameLog log = newLog(1 << 20);
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(30).withPayload(2_000);
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(read(reader, 3)).hasSize(3);

    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));
    writer.closeStream(true, "over");
    dropExcess(log);
    List<LogEntry> entries = readAll(reader);

    assertThat(reader.skippedEntries()).isPositive();
    int gap = indexOfEpoch(entries); // what the reader held already may come first
    assertThat(entries.subList(gap, gap + 3))
        .hasOnlyElementsOfTypes(EpochStarted.class, TrackFormatChanged.class);
    assertThat(frames(entries.subList(gap, entries.size())).getFirst().frame().keyframe()).isTrue();
    assertThat(frames(entries).size() + reader.skippedEntries())
        .isEqualTo(broadcast.arrivals().size());
  }

  @Test
  void groupOfPicturesLargerThanTheCap_staysBounded_andReadersWaitForTheNext() throws Exception {
    FrameLog log = newLog(1 << 20);
    write(log, SyntheticBroadcast.usual(9).withFps(30, 250).withPayload(20_000));
    dropExcess(log);

    assertThat(log.sizeBytes()).isLessThanOrEqualTo(2 << 20);
    List<LogEntry> entries = readAll(log.openReader(STREAM, LogPosition.EARLIEST));

    assertThat(frames(entries).getFirst().frame().dts()).isEqualTo(8_333 * 90);
  }

  private static void write(FrameLog log, SyntheticBroadcast broadcast) {
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(STREAM));
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));
    writer.closeStream(true, "the broadcaster left");
  }

  private static List<LogEntry> readAll(FrameLogReader reader) throws InterruptedException {
    List<LogEntry> all = new ArrayList<>();
    while (all.isEmpty() || !(all.getLast() instanceof StreamClosed)) {
      List<LogEntry> batch = reader.read(SOON);
      assertThat(batch).as("entries after %s", all).isNotEmpty();
      all.addAll(batch);
    }
    reader.close();
    return all;
  }

  /// Reads all from a position, again until the log knows of the keyframe that is expected there.
  private static List<LogEntry> readFrom(FrameLog log, LogPosition from, long dts)
      throws InterruptedException {
    assertThat(readAll(log.openReader(STREAM, LogPosition.EARLIEST))).isNotEmpty();
    List<LogEntry> entries = readAll(log.openReader(STREAM, from));
    for (int i = 0; frames(entries).getFirst().frame().dts() < dts && i < 100; i++) {
      entries = readAll(log.openReader(STREAM, from));
    }
    assertThat(frames(entries).getFirst().frame().dts()).isEqualTo(dts);
    return entries;
  }

  /// Reads that many entries at least.
  private static List<LogEntry> read(FrameLogReader reader, int count) throws InterruptedException {
    List<LogEntry> all = new ArrayList<>();
    while (all.size() < count) {
      List<LogEntry> batch = reader.read(SOON);
      assertThat(batch).as("entries after %s", all).isNotEmpty();
      all.addAll(batch);
    }
    return all;
  }

  /// What is on its way to another process is held a moment longer.
  private static void awaitEmpty(FrameLog log) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (log.sizeBytes() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(log.sizeBytes()).isZero();
  }

  private static int indexOfEpoch(List<LogEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof EpochStarted) {
        return i;
      }
    }
    throw new AssertionError("no epoch in " + entries.size() + " entries");
  }

  private static CompletableFuture<List<LogEntry>> readAsync(FrameLogReader reader) {
    return readAsync(reader, _ -> true);
  }

  /// Reads once on a thread of its own.
  protected static CompletableFuture<List<LogEntry>> readAsync(
      FrameLogReader reader, Predicate<LogEntry> worthWaking) {
    CompletableFuture<List<LogEntry>> result = new CompletableFuture<>();
    Thread _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    result.complete(reader.read(SOON, worthWaking));
                  } catch (InterruptedException e) {
                    result.completeExceptionally(e);
                  }
                });
    return result;
  }

  private static List<LoggedFrame> frames(List<LogEntry> entries) {
    return entries.stream()
        .filter(LoggedFrame.class::isInstance)
        .map(LoggedFrame.class::cast)
        .toList();
  }
}
