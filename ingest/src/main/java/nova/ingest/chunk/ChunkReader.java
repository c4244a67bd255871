package nova.ingest.chunk;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import org.jspecify.annotations.Nullable;

/// Puts chunks together to messages. A resumable decoder: bytes may arrive cut anywhere, and what
/// is handed to [#read] is consumed wholly unless the sink wants a pause.
///
/// Partial headers are kept in a few bytes of its own. Payload bytes go straight into the array of
/// their message, which is their only copy. Messages of several chunk streams may be open at once.
/// Set Chunk Size and Abort act on the reader the moment they are complete, and are delivered too.
///
/// Spec: RTMP 1.0 §5.3, §5.4.1, §5.4.2. *Confined to its connection's thread.*
public final class ChunkReader {
  private static final int DEFAULT_CHUNK_SIZE = 128;
  private static final int DIRECT_CHUNK_STREAMS = 64;

  // Each costs the memory that its length asks for, up to a megabyte for eight bytes of header.
  private static final long BROKEN_MESSAGES = 1_000;

  /// Receives messages as they become complete.
  @FunctionalInterface
  public interface MessageSink {
    /// Returns whether to go on reading; otherwise the rest stays in the buffer.
    boolean onMessage(RawMessage message);
  }

  private enum Step {
    BASIC_HEADER,
    MESSAGE_HEADER,
    EXTENDED_TIMESTAMP,
    REPEATED_TIMESTAMP,
    PAYLOAD
  }

  private final RtmpLimits limits;
  private final @Nullable ChunkStreamState[] lowStreams =
      new ChunkStreamState[DIRECT_CHUNK_STREAMS];
  private final Map<Integer, ChunkStreamState> highStreams = new HashMap<>();
  private final byte[] header = new byte[ChunkMessageHeader.sizeOf(ChunkMessageHeader.ABSOLUTE)];

  private int messageLimit;
  private int chunkSize = DEFAULT_CHUNK_SIZE;
  private int streamCount;
  private long heldBytes;
  private long brokenMessages;

  private Step step = Step.BASIC_HEADER;
  private int needed = 1; // of the header part being gathered
  private int gathered;
  private int format;
  private ChunkStreamState stream = new ChunkStreamState(); // that of the chunk being read
  private int chunkLeft;
  private ByteBuffer pushedBack = ByteBuffer.allocate(0); // taken for a timestamp by mistake
  private boolean paused;

  /// A reader that allows messages of [RtmpLimits#commandSize] until [#allowMedia].
  public ChunkReader(RtmpLimits limits) {
    this.limits = limits;
    this.messageLimit = bounded(limits.commandSize().bytes());
  }

  /// Allows messages of [RtmpLimits#messageSize] from now on; for a peer that was let in.
  public void allowMedia() {
    messageLimit = bounded(limits.messageSize().bytes());
  }

  /// The peer's chunk size in force.
  public int chunkSize() {
    return chunkSize;
  }

  /// Messages that the peer began and left unfinished, by starting another on their chunk stream or
  /// by Abort.
  public long brokenMessages() {
    return brokenMessages;
  }

  /// Hands every message that becomes complete to `sink`, and consumes all of `in` unless the sink
  /// asks for a pause.
  ///
  /// @throws MalformedMediaException when the peer breaks the protocol
  /// @throws LimitExceededException when the peer asks for more than the limits allow
  public void read(ByteBuffer in, MessageSink sink) {
    paused = false;
    while (!paused && (pushedBack.hasRemaining() || in.hasRemaining())) {
      ByteBuffer next = pushedBack.hasRemaining() ? pushedBack : in;
      switch (step) {
        case BASIC_HEADER -> readBasicHeader(next, sink);
        case MESSAGE_HEADER -> readMessageHeader(next, sink);
        case EXTENDED_TIMESTAMP -> readExtendedTimestamp(next, sink);
        case REPEATED_TIMESTAMP -> readRepeatedTimestamp(next, sink);
        case PAYLOAD -> readPayload(next, sink);
      }
    }
  }

  private void readBasicHeader(ByteBuffer in, MessageSink sink) {
    if (gathered == 0) {
      needed = ChunkBasicHeader.sizeOf(in.get(in.position()));
    }
    if (!gather(in)) {
      return;
    }
    format = ChunkBasicHeader.formatOf(header[0]);
    stream = streamOf(ChunkBasicHeader.chunkStreamOf(header));
    if (format != ChunkMessageHeader.CONTINUED) {
      gatherNext(Step.MESSAGE_HEADER, ChunkMessageHeader.sizeOf(format));
    } else if (stream.extended) {
      gatherNext(Step.REPEATED_TIMESTAMP, ChunkMessageHeader.EXTENDED_SIZE);
    } else {
      continueMessage(sink);
    }
  }

  private void readMessageHeader(ByteBuffer in, MessageSink sink) {
    if (!gather(in)) {
      return;
    }
    forgetOpenMessage(stream);
    if (format <= ChunkMessageHeader.SAME_STREAM) {
      stream.length = ChunkMessageHeader.lengthOf(header);
      stream.type = ChunkMessageHeader.typeOf(header);
    }
    if (format == ChunkMessageHeader.ABSOLUTE) {
      stream.streamId = ChunkMessageHeader.streamIdOf(header);
    }
    int time = ChunkMessageHeader.timeOf(header);
    stream.extended = time == ChunkMessageHeader.EXTENDED;
    if (stream.extended) {
      gatherNext(Step.EXTENDED_TIMESTAMP, ChunkMessageHeader.EXTENDED_SIZE);
    } else {
      startMessage(time, sink);
    }
  }

  private void readExtendedTimestamp(ByteBuffer in, MessageSink sink) {
    if (gather(in)) {
      stream.extendedTime = ByteBuffer.wrap(header).getInt();
      startMessage(Integer.toUnsignedLong(stream.extendedTime), sink);
    }
  }

  /// A fmt 3 chunk repeats the extended timestamp (FFmpeg, OBS from 30.1) or does not (older
  /// librtmp, rtmpdump and OBS). Four bytes that equal the stored value are the timestamp; at the
  /// first one that differs all of them are what comes after it.
  private void readRepeatedTimestamp(ByteBuffer in, MessageSink sink) {
    byte next = in.get();
    header[gathered++] = next;
    boolean differs = next != (byte) (stream.extendedTime >>> (32 - 8 * gathered));
    if (!differs && gathered < needed) {
      return;
    }
    if (differs) {
      pushBack(gathered);
    }
    continueMessage(sink);
  }

  /// Makes the first `count` bytes of the header come again before everything else.
  private void pushBack(int count) {
    ByteBuffer joined = ByteBuffer.allocate(count + pushedBack.remaining());
    pushedBack = joined.put(header, 0, count).put(pushedBack).flip();
  }

  private void readPayload(ByteBuffer in, MessageSink sink) {
    int count = Math.min(chunkLeft, in.remaining());
    hold(stream.take(in, count));
    chunkLeft -= count;
    if (chunkLeft == 0) {
      endChunk(sink);
    }
  }

  private void startMessage(long time, MessageSink sink) {
    if (format == ChunkMessageHeader.ABSOLUTE || !stream.isSeen()) {
      stream.timeIs(time);
    } else {
      stream.timeAdvances(time);
    }
    openMessage();
    beginChunk(sink);
  }

  private void continueMessage(MessageSink sink) {
    if (!stream.isOpen()) {
      stream.timeRepeats();
      openMessage();
    }
    beginChunk(sink);
  }

  private void openMessage() {
    if (stream.length > messageLimit) {
      throw new LimitExceededException("rtmp-message-size", stream.length, messageLimit);
    }
    hold(stream.open());
  }

  private void beginChunk(MessageSink sink) {
    chunkLeft = Math.min(chunkSize, stream.missing());
    step = Step.PAYLOAD;
    if (chunkLeft == 0) {
      endChunk(sink);
    }
  }

  private void endChunk(MessageSink sink) {
    gatherNext(Step.BASIC_HEADER, 1);
    if (stream.missing() == 0) {
      heldBytes -= stream.heldBytes();
      RawMessage message = stream.complete();
      obey(message);
      paused = !sink.onMessage(message);
    }
  }

  private void obey(RawMessage message) {
    if (message.type() == RawMessage.SET_CHUNK_SIZE) {
      int size = controlValue(message);
      if (size < 1) {
        throw new MalformedMediaException(
            "bad-chunk-size",
            "chunk size %d (expected: 1 to 2147483647)".formatted(Integer.toUnsignedLong(size)));
      }
      chunkSize = Math.min(size, RtmpLimits.LARGEST_MESSAGE);
    } else if (message.type() == RawMessage.ABORT) {
      ChunkStreamState aborted = knownStream(controlValue(message));
      if (aborted != null) {
        forgetOpenMessage(aborted);
      }
    }
  }

  private static int controlValue(RawMessage message) {
    if (message.payload().length() != 4) {
      throw new MalformedMediaException(
          "bad-control-message",
          "control message type %d of %d bytes (expected: 4)"
              .formatted(message.type(), message.payload().length()));
    }
    return message.payload().asByteBuffer().getInt();
  }

  private void forgetOpenMessage(ChunkStreamState of) {
    if (of.isOpen()) {
      heldBytes -= of.heldBytes();
      of.abort();
      brokenMessages++;
      if (brokenMessages > BROKEN_MESSAGES) {
        throw new LimitExceededException("rtmp-broken-messages", brokenMessages, BROKEN_MESSAGES);
      }
    }
  }

  private void hold(int more) {
    heldBytes += more;
    if (heldBytes > limits.openMessages().bytes()) {
      throw new LimitExceededException(
          "rtmp-open-messages", heldBytes, limits.openMessages().bytes());
    }
  }

  private @Nullable ChunkStreamState knownStream(int id) {
    return id >= 0 && id < DIRECT_CHUNK_STREAMS ? lowStreams[id] : highStreams.get(id);
  }

  private ChunkStreamState streamOf(int id) {
    ChunkStreamState known = knownStream(id);
    if (known != null) {
      return known;
    }
    if (streamCount == limits.chunkStreams()) {
      throw new LimitExceededException(
          "rtmp-chunk-streams", streamCount + 1L, limits.chunkStreams());
    }
    streamCount++;
    ChunkStreamState fresh = new ChunkStreamState();
    if (id < DIRECT_CHUNK_STREAMS) {
      lowStreams[id] = fresh;
    } else {
      highStreams.put(id, fresh);
    }
    return fresh;
  }

  private boolean gather(ByteBuffer in) {
    int count = Math.min(needed - gathered, in.remaining());
    in.get(header, gathered, count);
    gathered += count;
    return gathered == needed;
  }

  private void gatherNext(Step next, int size) {
    step = next;
    needed = size;
    gathered = 0;
  }

  private static int bounded(long limit) {
    return (int) Math.min(limit, RtmpLimits.LARGEST_MESSAGE);
  }
}
