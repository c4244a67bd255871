package nova.framelog;

import java.time.Instant;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.TrackId;
import nova.core.TrackKind;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.MediaFrame;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// One [LogEntry] as bytes, for logs and pipes that leave the process. Whoever carries it knows
/// where it ends.
///
///     version 1 | type 1 | body
///
///     1 EpochStarted        epoch 4 | first segment 8 | wall clock origin 12
///     2 TrackFormatChanged  track 2 | format (see TrackFormatWireFormat)
///     3 LoggedFrame         track 2 | flags 1 (1 keyframe, 2 cut) | dts 8 | pts 8 | arrived at 12
///                           | wall clock 12 | segment 8 | payload, all that is left
///     4 EpochEnded          epoch 4 | end 1
///     5 StreamClosed        graceful 1 | reason, UTF-8, all that is left
///
/// Integers are big-endian. A track is its kind (0 video, 1 audio) and its index, an instant its
/// seconds since 1970 (8) and its nanoseconds (4).
///
/// *Thread-safe.*
public final class LogWireFormat {
  /// The version this code writes, and the only one it reads.
  public static final int VERSION = 1;

  /// No entry is longer: twice the largest frame that ingest takes by default.
  public static final int MAX_ENTRY_BYTES = 32 << 20;

  private static final int EPOCH_STARTED = 1;
  private static final int TRACK_FORMAT_CHANGED = 2;
  private static final int LOGGED_FRAME = 3;
  private static final int EPOCH_ENDED = 4;
  private static final int STREAM_CLOSED = 5;

  private static final int KEYFRAME = 1;
  private static final int CUT = 2;
  private static final int FRAME_HEAD_BYTES = 53;
  private static final int MAX_NANOS = 999_999_999;
  private static final long MAX_SECOND = Instant.MAX.getEpochSecond();

  private LogWireFormat() {}

  /// The bytes of one entry.
  ///
  /// @throws LimitExceededException when they are more than [#MAX_ENTRY_BYTES]
  public static Bytes write(LogEntry entry) {
    ByteWriter out = new ByteWriter(expectedBytes(entry));
    write(entry, out);
    return out.toBytes();
  }

  /// Appends the bytes of one entry to `out`.
  ///
  /// @throws LimitExceededException when they are more than [#MAX_ENTRY_BYTES]; `out` is unchanged
  public static void write(LogEntry entry, ByteWriter out) {
    requireWithinLimit(expectedBytes(entry));
    out.u8(VERSION);
    switch (entry) {
      case EpochStarted started -> {
        out.u8(EPOCH_STARTED).u32(started.epoch().number()).u64(started.firstSegment());
        writeInstant(started.wallClockOrigin(), out);
      }
      case TrackFormatChanged changed -> {
        out.u8(TRACK_FORMAT_CHANGED);
        writeTrack(changed.track(), out);
        TrackFormatWireFormat.write(changed.format(), out);
      }
      case LoggedFrame logged -> writeFrame(logged, out.u8(LOGGED_FRAME));
      case EpochEnded ended ->
          out.u8(EPOCH_ENDED).u32(ended.epoch().number()).u8(codeOf(ended.end()));
      case StreamClosed closed ->
          out.u8(STREAM_CLOSED).u8(closed.graceful() ? 1 : 0).utf8(closed.reason());
    }
  }

  /// Reads one entry. A frame's payload shares the memory of `bytes`.
  ///
  /// @param bytes exactly one entry
  /// @throws MalformedMediaException when they are not what [#write(LogEntry)] makes
  /// @throws UnsupportedMediaException when another version wrote them
  /// @throws LimitExceededException when there are more than [#MAX_ENTRY_BYTES]
  public static LogEntry read(Bytes bytes) {
    requireWithinLimit(bytes.length());
    ByteReader in = new ByteReader(bytes, "log-entry");
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "log-entry-version",
          "log entry of version %d (expected: %d); run the same release of Nova on both sides"
              .formatted(version, VERSION));
    }
    int type = in.u8();
    LogEntry entry =
        switch (type) {
          case EPOCH_STARTED -> new EpochStarted(readEpoch(in), in.u64(), readInstant(in));
          case TRACK_FORMAT_CHANGED ->
              new TrackFormatChanged(readTrack(in), TrackFormatWireFormat.read(in));
          case LOGGED_FRAME -> readFrame(in);
          case EPOCH_ENDED -> new EpochEnded(readEpoch(in), endOf(in.u8()));
          case STREAM_CLOSED -> new StreamClosed(readFlag(in), in.utf8(in.remaining()));
          default -> throw malformed("type", type, "1..5");
        };
    if (!in.isExhausted()) {
      throw malformed("number of bytes left", in.remaining(), "0");
    }
    return entry;
  }

  private static void writeFrame(LoggedFrame logged, ByteWriter out) {
    MediaFrame frame = logged.frame();
    writeTrack(frame.track(), out);
    out.u8((frame.keyframe() ? KEYFRAME : 0) | (logged.cut() ? CUT : 0))
        .u64(frame.dts())
        .u64(frame.pts());
    writeInstant(logged.arrivedAt(), out);
    writeInstant(logged.wallClock(), out);
    out.u64(logged.segment()).bytes(frame.payload());
  }

  private static LoggedFrame readFrame(ByteReader in) {
    TrackId track = readTrack(in);
    int flags = in.u8();
    if (flags > (KEYFRAME | CUT)) {
      throw malformed("flags", flags, "0..3");
    }
    long dts = in.u64();
    long pts = in.u64();
    Instant arrivedAt = readInstant(in);
    Instant wallClock = readInstant(in);
    long segment = in.u64();
    MediaFrame frame = new MediaFrame(track, dts, pts, (flags & KEYFRAME) != 0, in.rest());
    return new LoggedFrame(frame, arrivedAt, wallClock, segment, (flags & CUT) != 0);
  }

  static void writeTrack(TrackId track, ByteWriter out) {
    out.u8(
            switch (track.kind()) {
              case VIDEO -> 0;
              case AUDIO -> 1;
            })
        .u8(track.index());
  }

  static TrackId readTrack(ByteReader in) {
    int kind = in.u8();
    TrackKind track =
        switch (kind) {
          case 0 -> TrackKind.VIDEO;
          case 1 -> TrackKind.AUDIO;
          default -> throw malformed("kind of track", kind, "0 or 1");
        };
    return new TrackId(track, in.u8());
  }

  static void writeInstant(Instant instant, ByteWriter out) {
    out.u64(instant.getEpochSecond()).u32(instant.getNano());
  }

  static Instant readInstant(ByteReader in) {
    long second = in.u64();
    long nanos = in.u32();
    if (nanos > MAX_NANOS) {
      throw malformed("nanoseconds", nanos, "<= " + MAX_NANOS);
    }
    if (second < -MAX_SECOND || second > MAX_SECOND) {
      throw malformed("seconds since 1970", second, "at most %d from it".formatted(MAX_SECOND));
    }
    return Instant.ofEpochSecond(second, nanos);
  }

  static Epoch readEpoch(ByteReader in) {
    int number = in.s32();
    if (number < 0) {
      throw malformed("epoch", number, ">= 0");
    }
    return new Epoch(number);
  }

  static boolean readFlag(ByteReader in) {
    int flag = in.u8();
    if (flag > 1) {
      throw malformed("flag", flag, "0 or 1");
    }
    return flag == 1;
  }

  private static int codeOf(EpochEnd end) {
    return switch (end) {
      case FINISHED -> 0;
      case CONNECTION_LOST -> 1;
      case TAKEN_OVER -> 2;
      case FORMAT_CHANGED -> 3;
    };
  }

  private static EpochEnd endOf(int code) {
    return switch (code) {
      case 0 -> EpochEnd.FINISHED;
      case 1 -> EpochEnd.CONNECTION_LOST;
      case 2 -> EpochEnd.TAKEN_OVER;
      case 3 -> EpochEnd.FORMAT_CHANGED;
      default -> throw malformed("end of epoch", code, "0..3");
    };
  }

  private static int expectedBytes(LogEntry entry) {
    return switch (entry) {
      case LoggedFrame logged -> FRAME_HEAD_BYTES + logged.frame().payload().length();
      case TrackFormatChanged changed -> 4 + TrackFormatWireFormat.expectedBytes(changed.format());
      case StreamClosed closed -> 3 + 3 * closed.reason().length();
      case EpochStarted _, EpochEnded _ -> 26;
    };
  }

  private static void requireWithinLimit(int bytes) {
    if (bytes > MAX_ENTRY_BYTES) {
      throw new LimitExceededException("log-entry-bytes", bytes, MAX_ENTRY_BYTES);
    }
  }

  static MalformedMediaException malformed(String what, long value, String expected) {
    return new MalformedMediaException(
        "bad-log-entry", "log entry with %s %d (expected: %s)".formatted(what, value, expected));
  }
}
