package nova.backends.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.segments.MalformedTimelineException;
import nova.segments.TimelineDelta;
import nova.segments.TimelineWireFormat;

/// What every node is told when something of a stream changed in Redis.
///
///     format 1 | kind 1 | length 1 | stream | token 8 | body
///
///     1 Changed   delta, all that is left
///     2 Replaced  version 8
///     3 Removed
///     4 PosterTaken  seconds since 1970 8 | nanoseconds 4
///
/// Integers are big-endian. *Immutable.*
sealed interface TimelineNotice {
  StreamId stream();

  /// The fencing token of who changed it.
  long token();

  /// A later snapshot follows from the one before.
  record Changed(long token, TimelineDelta delta) implements TimelineNotice {
    @Override
    public StreamId stream() {
      return delta.stream();
    }
  }

  /// There is a snapshot that has to be read.
  record Replaced(StreamId stream, long token, long version) implements TimelineNotice {}

  /// The stream and its media are gone for good.
  record Removed(StreamId stream, long token) implements TimelineNotice {}

  /// There is a new poster.
  record PosterTaken(StreamId stream, long token, Instant at) implements TimelineNotice {}

  /// The bytes to publish.
  default Bytes write() {
    Bytes delta =
        this instanceof Changed changed ? TimelineWireFormat.write(changed.delta) : Bytes.EMPTY;
    byte[] name = stream().value().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(3 + name.length + 20 + delta.length());
    out.put((byte) 1)
        .put(
            (byte)
                switch (this) {
                  case Changed _ -> 1;
                  case Replaced _ -> 2;
                  case Removed _ -> 3;
                  case PosterTaken _ -> 4;
                })
        .put((byte) name.length)
        .put(name)
        .putLong(token());
    switch (this) {
      case Changed _ -> delta.copyTo(out);
      case Replaced replaced -> out.putLong(replaced.version);
      case Removed _ -> {}
      case PosterTaken poster ->
          out.putLong(poster.at.getEpochSecond()).putInt(poster.at.getNano());
    }
    return Bytes.wrap(out.flip());
  }

  /// Reads what [#write] made.
  ///
  /// @throws MalformedTimelineException when the bytes are anything else
  static TimelineNotice read(Bytes bytes) {
    if (bytes.length() < 3 || bytes.get(0) != 1) {
      throw malformed("format or length");
    }
    int kind = bytes.get(1);
    int body = 3 + bytes.getUnsigned(2) + Long.BYTES;
    if (bytes.length() < body) {
      throw malformed("length");
    }
    String name = bytes.slice(3, body - Long.BYTES).toUtf8();
    if (!StreamId.isValid(name)) {
      throw malformed("stream");
    }
    StreamId stream = new StreamId(name);
    ByteBuffer in = bytes.slice(body - Long.BYTES).asByteBuffer();
    long token = in.getLong();
    return switch (kind) {
      case 1 -> {
        TimelineDelta delta = TimelineWireFormat.readDelta(bytes.slice(body));
        if (!delta.stream().equals(stream)) {
          throw malformed("stream");
        }
        yield new Changed(token, delta);
      }
      case 2 -> {
        require(in.remaining() == Long.BYTES);
        yield new Replaced(stream, token, in.getLong());
      }
      case 3 -> {
        require(in.remaining() == 0);
        yield new Removed(stream, token);
      }
      case 4 -> {
        require(in.remaining() == Long.BYTES + Integer.BYTES);
        yield new PosterTaken(stream, token, instant(in.getLong(), in.getInt()));
      }
      default -> throw malformed("kind");
    };
  }

  private static Instant instant(long second, int nano) {
    if (nano < 0 || nano > 999_999_999) {
      throw malformed("time");
    }
    try {
      return Instant.ofEpochSecond(second, nano);
    } catch (DateTimeException _) {
      throw malformed("time");
    }
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw malformed("length");
    }
  }

  private static MalformedTimelineException malformed(String what) {
    return new MalformedTimelineException(
        "bad-notice", "notice of a timeline with a %s that none has".formatted(what));
  }
}
