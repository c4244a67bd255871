package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static nova.framelog.SyntheticBroadcast.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.cluster.EmbeddedKafka;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogPosition;
import nova.framelog.LogTail;
import nova.framelog.StreamLogWriter;
import nova.framelog.SyntheticBroadcast;
import nova.framelog.WriterFencedException;
import nova.media.MediaFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Writers of one stream in several processes.
class KafkaFencingTest {
  private static final StreamId STREAM = new StreamId("stream1");

  private static final int TURNS = 25;

  private final Executor threads = Thread::startVirtualThread;
  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());

  @AfterEach
  void close() {
    kafka.close();
  }

  @Test
  void writerElsewhere_goesOnExactlyWhereTheFirstStopped() throws Exception {
    FrameLog first = kafka.backend().frameLog();
    FrameLog second = kafka.backend().frameLog();
    StreamLogWriter writer = new StreamLogWriter(first.openWriter(STREAM));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(7.3);
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));
    LogTail tail = first.openWriter(STREAM).tail(); // as this process knows it

    FrameLogWriter next = second.openWriter(STREAM);

    assertThat(next.tail()).isEqualTo(tail);
    assertThat(tail.lastSegment()).isEqualTo(4);
    assertThat(tail.lastEpoch()).contains(new Epoch(0));
  }

  @Test
  void writerElsewhere_fencesTheFirst_asSoonAsItHears() throws Exception {
    FrameLogWriter first = kafka.backend().frameLog().openWriter(STREAM);
    FrameLogWriter _ = kafka.backend().frameLog().openWriter(STREAM);

    assertThatThrownBy(() -> appendUntilRefused(first))
        .isInstanceOf(WriterFencedException.class)
        .hasMessage("stream stream1 has a newer writer");
  }

  @Test
  void fencedWriter_thatDoesNotHear_isReadByNobody() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter first = log.openWriter(STREAM);
    Entries.begin(first, 0);
    Entries.write(first, 0, 40, 100);
    FrameLogReader before = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(before, 42)).hasSize(42);
    long number = lastWriter();

    FrameLogWriter second = kafka.backend().frameLog().openWriter(STREAM);
    for (int i = 40; i < 80; i++) { // what a process says that slept meanwhile
      FrameTopic.append(
          kafka,
          STREAM.value(),
          FrameRecord.entry(number, 2 + i, Entries.frame(i, 50), 1_000).getFirst());
    }
    second.append(Entries.END);

    assertThat(Entries.readToEnd(before)).containsExactly(Entries.END);
    List<LogEntry> after = Entries.readToEnd(log.openReader(STREAM, LogPosition.EARLIEST));
    assertThat(Entries.frames(after))
        .hasSize(40)
        .allMatch(f -> f.frame().payload().length() == 100);
    assertThat(kafka.count("skipped fenced")).isGreaterThanOrEqualTo(80);
  }

  @Test
  void removal_endsReadersAndWritersOfOtherProcesses() throws Exception {
    FrameLog here = kafka.backend().frameLog();
    FrameLog there = kafka.backend().frameLog();
    FrameLogWriter writer = here.openWriter(STREAM);
    Entries.begin(writer, 0);
    FrameLogReader reader = here.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 2)).hasSize(2);
    assertThat(Entries.read(there.openReader(STREAM, LogPosition.EARLIEST), 2)).hasSize(2);

    there.remove(STREAM);

    assertThat(reader.read(SOON)).isEmpty();
    assertThat(reader.ended()).isTrue();
    assertThatThrownBy(() -> appendUntilRefused(writer))
        .isInstanceOfSatisfying(
            WriterFencedException.class, e -> assertThat(e.isRemoved()).isTrue());
    assertThat(here.openWriter(STREAM).tail()).isEqualTo(LogTail.EMPTY);
  }

  /// Three processes take a stream from each other for as long as it takes, each writing until it
  /// hears of the next. Whoever reads, from wherever, sees one and the same log, without a hole.
  @Test
  void processesThatFight_makeOneLog_forAllReaders() throws Exception {
    List<FrameLog> logs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      logs.add(kafka.backend().frameLog());
    }
    FrameLog reading = kafka.backend().frameLog();
    CompletableFuture<List<LogEntry>> whole = read(reading, LogPosition.EARLIEST);
    BlockingQueue<FrameLog> turns = new LinkedBlockingQueue<>();
    CountDownLatch over = new CountDownLatch(1);
    List<CompletableFuture<Void>> fighters = new ArrayList<>();
    for (int i = 0; i < logs.size(); i++) {
      FrameLog log = logs.get(i);
      Random random = new Random(i);
      fighters.add(CompletableFuture.runAsync(() -> fight(log, random, turns, over), threads));
    }
    List<CompletableFuture<List<LogEntry>>> parts = new ArrayList<>();
    for (int i = 0; i < TURNS; i++) {
      FrameLog next = turns.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("the process whose turn is number %d", i).isNotNull();
      parts.add(read(next, i % 2 == 0 ? LogPosition.LATEST_KEYFRAME : LogPosition.EARLIEST));
    }
    over.countDown();
    for (CompletableFuture<Void> fighter : fighters) {
      Void _ = fighter.get(30, TimeUnit.SECONDS);
    }
    logs.getFirst().openWriter(STREAM).append(Entries.END);

    List<LogEntry> all = whole.get(30, TimeUnit.SECONDS);
    assertThat(Entries.frames(all).size()).as("frames").isGreaterThan(TURNS);
    for (CompletableFuture<List<LogEntry>> part : parts) {
      List<LogEntry> seen = part.get(30, TimeUnit.SECONDS);
      List<LoggedFrame> frames = Entries.frames(seen);
      List<LoggedFrame> expected = Entries.frames(all);
      assertThat(frames)
          .isEqualTo(expected.subList(expected.size() - frames.size(), expected.size()));
    }
    assertContinues(all);
  }

  /// Each epoch is the next one, and begins with the segment after the last of the one before.
  private static void assertContinues(List<LogEntry> entries) {
    int epoch = -1;
    long lastSegment = 0;
    long lastDts = -1;
    for (LogEntry entry : entries) {
      if (entry instanceof EpochStarted started) {
        assertThat(started.epoch().number()).isEqualTo(epoch + 1);
        assertThat(started.firstSegment()).isEqualTo(lastSegment + 1);
        epoch++;
        lastSegment = started.firstSegment() - 1;
      } else if (entry instanceof LoggedFrame frame) {
        assertThat(frame.frame().dts()).isGreaterThanOrEqualTo(lastDts);
        assertThat(frame.segment()).isBetween(lastSegment, lastSegment + 1);
        lastDts = frame.frame().dts();
        lastSegment = frame.segment();
      }
    }
  }

  private static void fight(
      FrameLog log, Random random, BlockingQueue<FrameLog> turns, CountDownLatch over) {
    while (over.getCount() > 0) {
      try {
        FrameLogWriter raw = log.openWriter(STREAM);
        StreamLogWriter writer = new StreamLogWriter(raw);
        Epoch _ =
            writer.startEpoch(
                Map.of(TrackId.VIDEO, SyntheticBroadcast.usual(1).videoFormat()), BEGIN);
        turns.add(log);
        for (int i = 0; over.getCount() > 0; i++) {
          MediaFrame frame =
              new MediaFrame(
                  TrackId.VIDEO,
                  i * 3_000L,
                  i * 3_000L,
                  i % 60 == 0,
                  Entries.frame(i, 1 + random.nextInt(3_000)).frame().payload());
          LoggedFrame _ = writer.append(frame, BEGIN.plusMillis(i * 33L));
          if (random.nextInt(8) == 0 && over.await(1, TimeUnit.MILLISECONDS)) {
            return;
          }
          if (random.nextInt(200) == 0) {
            break; // lets go without a word
          }
        }
      } catch (WriterFencedException e) {
        assertThat(e.isRemoved()).isFalse();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static CompletableFuture<List<LogEntry>> read(FrameLog log, LogPosition from) {
    CompletableFuture<List<LogEntry>> result = new CompletableFuture<>();
    Thread _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    result.complete(Entries.readToEnd(log.openReader(STREAM, from)));
                  } catch (InterruptedException | RuntimeException | Error e) {
                    result.completeExceptionally(e);
                  }
                });
    return result;
  }

  private static void appendUntilRefused(FrameLogWriter writer) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < deadline) {
      writer.append(new StreamClosed(true, "still here"));
    }
  }

  /// The number of the writer that appended last.
  private long lastWriter() {
    return FrameTopic.records(kafka).stream()
        .map(record -> Optional.ofNullable(FrameConsumers.read(record, KafkaMetrics.NONE)))
        .flatMap(Optional::stream)
        .mapToLong(FrameRecord::writer)
        .max()
        .orElseThrow();
  }
}
