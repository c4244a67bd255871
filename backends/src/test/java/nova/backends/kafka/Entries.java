package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.SyntheticBroadcast;
import nova.media.MediaFrame;

/// Entries that tests write and read back.
final class Entries {
  static final Duration SOON = Duration.ofSeconds(20);
  static final StreamClosed END = new StreamClosed(true, "over");

  private Entries() {}

  /// Begins an epoch with video alone.
  static void begin(FrameLogWriter writer, int epoch) {
    writer.append(new EpochStarted(new Epoch(epoch), 1, SyntheticBroadcast.BEGIN));
    writer.append(new TrackFormatChanged(TrackId.VIDEO, SyntheticBroadcast.usual(1).videoFormat()));
  }

  /// A frame of video, 30 a second, with a keyframe each second that begins a segment.
  static LoggedFrame frame(int number, int bytes) {
    boolean keyframe = number % 30 == 0;
    byte[] payload = new byte[bytes];
    for (int i = 0; i < bytes; i += 997) {
      payload[i] = (byte) (number + i);
    }
    Instant at = SyntheticBroadcast.BEGIN.plusMillis(number * 33L);
    return new LoggedFrame(
        new MediaFrame(
            TrackId.VIDEO, number * 3_000L, number * 3_000L, keyframe, Bytes.wrap(payload)),
        at,
        at,
        1 + number / 30,
        keyframe);
  }

  /// Frames `[from, to)`.
  static void write(FrameLogWriter writer, int from, int to, int bytes) {
    for (int i = from; i < to; i++) {
      writer.append(frame(i, bytes));
    }
  }

  /// All entries until the stream is closed.
  static List<LogEntry> readToEnd(FrameLogReader reader) throws InterruptedException {
    List<LogEntry> all = new ArrayList<>();
    while (all.isEmpty() || !(all.getLast() instanceof StreamClosed)) {
      List<LogEntry> batch = reader.read(SOON);
      assertThat(batch).as("entries after %d others", all.size()).isNotEmpty();
      all.addAll(batch);
    }
    reader.close();
    return all;
  }

  /// That many entries at least.
  static List<LogEntry> read(FrameLogReader reader, int count) throws InterruptedException {
    List<LogEntry> all = new ArrayList<>();
    while (all.size() < count) {
      List<LogEntry> batch = reader.read(SOON);
      assertThat(batch).as("entries after %d others", all.size()).isNotEmpty();
      all.addAll(batch);
    }
    return all;
  }

  static List<LoggedFrame> frames(List<LogEntry> entries) {
    return entries.stream()
        .filter(LoggedFrame.class::isInstance)
        .map(LoggedFrame.class::cast)
        .toList();
  }
}
