package nova.framelog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogCheckpoint.TrackEnd;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// A [LogCheckpoint] as bytes, for logs that leave the process.
///
///     version 1 | last epoch 1 + 4 | last segment 8 | media end 8 (ns) | wall clock end 1 + 12
///               | number of tracks 2 | tracks | number of entries 2 | entries
///
///     track     track 2 | timescale 4 | wall clock 1 + 12 | pts 8 | dts 8 | last duration 8
///     entry     length 4 | log entry (see LogWireFormat)
///
/// What may be absent has a byte before it, 0 or 1, and is missing after 0. All else is as in
/// [LogWireFormat].
///
/// *Thread-safe.*
public final class CheckpointWireFormat {
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 128;
  private static final int TRACK_BYTES = 64;
  private static final int MAX_COUNT = 1_024; // two kinds of 256 tracks, and an epoch

  private CheckpointWireFormat() {}

  /// Appends a checkpoint to `out`.
  public static void write(LogCheckpoint checkpoint, ByteWriter out) {
    LogTail earlier = checkpoint.earlier();
    out.u8(VERSION);
    out.u8(earlier.lastEpoch().isPresent() ? 1 : 0);
    earlier.lastEpoch().ifPresent(epoch -> out.u32(epoch.number()));
    out.u64(earlier.lastSegment()).u64(earlier.mediaEnd().toNanos());
    writeInstant(earlier.wallClockEnd(), out);
    out.u16(checkpoint.tracks().size());
    checkpoint.tracks().forEach(track -> write(track, out));
    out.u16(checkpoint.inForce().size());
    for (LogEntry entry : checkpoint.inForce()) {
      int mark = out.markU32();
      LogWireFormat.write(entry, out);
      out.patchU32(mark, out.length() - mark - 4L);
    }
  }

  /// Reads a checkpoint.
  ///
  /// @param bytes exactly one
  /// @throws MalformedMediaException when they are not what [#write] makes
  /// @throws UnsupportedMediaException when another version wrote them
  public static LogCheckpoint read(Bytes bytes) {
    ByteReader in = new ByteReader(bytes, "log-checkpoint");
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "log-checkpoint-version",
          "log checkpoint of version %d (expected: %d); run the same release of Nova on both sides"
              .formatted(version, VERSION));
    }
    Optional<Epoch> lastEpoch =
        LogWireFormat.readFlag(in) ? Optional.of(LogWireFormat.readEpoch(in)) : Optional.empty();
    LogTail earlier = new LogTail(lastEpoch, in.u64(), Duration.ofNanos(in.u64()), readInstant(in));
    List<TrackEnd> tracks = new ArrayList<>();
    for (int left = readCount(in); left > 0; left--) {
      tracks.add(readTrack(in));
    }
    List<LogEntry> inForce = new ArrayList<>();
    for (int left = readCount(in); left > 0; left--) {
      inForce.add(LogWireFormat.read(in.bytes(in.u32())));
    }
    if (!in.isExhausted()) {
      throw LogWireFormat.malformed("number of bytes left in a checkpoint", in.remaining(), "0");
    }
    return new LogCheckpoint(earlier, tracks, inForce);
  }

  /// About how many bytes a checkpoint takes.
  public static int expectedBytes(LogCheckpoint checkpoint) {
    return HEAD_BYTES + TRACK_BYTES * (checkpoint.tracks().size() + checkpoint.inForce().size());
  }

  private static void write(TrackEnd end, ByteWriter out) {
    LogWireFormat.writeTrack(end.track(), out);
    out.u32(end.timescale().ticksPerSecond());
    writeInstant(end.wallClock(), out);
    out.u64(end.pts()).u64(end.dts()).u64(end.lastDuration());
  }

  private static TrackEnd readTrack(ByteReader in) {
    TrackId track = LogWireFormat.readTrack(in);
    int timescale = in.s32();
    if (timescale <= 0) {
      throw LogWireFormat.malformed("timescale", timescale, "> 0");
    }
    return new TrackEnd(
        track, new Timescale(timescale), readInstant(in), in.u64(), in.u64(), in.u64());
  }

  private static int readCount(ByteReader in) {
    int count = in.u16();
    if (count > MAX_COUNT) {
      throw LogWireFormat.malformed("count", count, "<= " + MAX_COUNT);
    }
    return count;
  }

  private static void writeInstant(Optional<Instant> instant, ByteWriter out) {
    out.u8(instant.isPresent() ? 1 : 0);
    instant.ifPresent(value -> LogWireFormat.writeInstant(value, out));
  }

  private static Optional<Instant> readInstant(ByteReader in) {
    return LogWireFormat.readFlag(in)
        ? Optional.of(LogWireFormat.readInstant(in))
        : Optional.empty();
  }
}
