package nova.framelog;

import static nova.framelog.SyntheticBroadcast.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.core.DataSize;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.LogEntry.LoggedFrame;
import org.junit.jupiter.api.Test;

class InProcessFrameLogTest extends FrameLogContract {
  @Override
  protected FrameLog newLog(long bytes) {
    return new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), new DataSize(bytes)));
  }

  @Test
  void reader_isNotWokenByWhatIsNotWorthIt_andThenReceivesAll() throws Exception {
    FrameLog log = newLog(32 << 20);
    StreamId stream = new StreamId("stream1");
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(stream));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(3).withSampleRate(0);
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    FrameLogReader reader = log.openReader(stream, LogPosition.EARLIEST);
    assertThat(reader.read(Duration.ZERO)).hasSize(2);
    CompletableFuture<List<LogEntry>> read =
        readAsync(
            reader,
            entry -> entry instanceof LoggedFrame logged && logged.segment() > 1 && logged.cut());

    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));

    List<LogEntry> entries = read.get(10, TimeUnit.SECONDS);
    assertThat(entries).hasSizeGreaterThan(60);
    assertThat(((LoggedFrame) entries.get(60)).cut()).isTrue();
  }

  @Test
  void reader_thatWaitsInVain_receivesTheRestAfterItsTimeout() throws Exception {
    FrameLog log = newLog(32 << 20);
    StreamId stream = new StreamId("stream1");
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(stream));
    Epoch _ = writer.startEpoch(SyntheticBroadcast.usual(3).formats(), BEGIN);

    try (FrameLogReader reader = log.openReader(stream, LogPosition.EARLIEST)) {
      assertThat(reader.read(Duration.ofMillis(20), _ -> false)).hasSize(3);
      assertThat(reader.read(Duration.ZERO, _ -> false)).isEmpty();
    }
  }

  @Test
  void append_longBroadcast_keepsWholeGroupsOfPicturesOfTheLastSeconds() throws Exception {
    FrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofSeconds(10), DataSize.ofMiB(32)));
    StreamId stream = new StreamId("stream1");
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(stream));
    SyntheticBroadcast broadcast = SyntheticBroadcast.usual(60);
    Epoch _ = writer.startEpoch(broadcast.formats(), BEGIN);
    broadcast.arrivals().forEach(a -> writer.append(a.frame(), a.at()));

    List<LogEntry> entries = log.openReader(stream, LogPosition.EARLIEST).read(Duration.ZERO);

    List<LoggedFrame> frames =
        entries.stream()
            .filter(LoggedFrame.class::isInstance)
            .map(LoggedFrame.class::cast)
            .toList();
    assertThat(frames.getFirst().frame().keyframe()).isTrue();
    assertThat(frames.getFirst().frame().track()).isEqualTo(TrackId.VIDEO);
    assertThat(Duration.between(frames.getFirst().arrivedAt(), broadcast.arrivals().getLast().at()))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12).plusMillis(100));
  }
}
