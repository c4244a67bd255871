package nova.framelog.pipe;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import nova.core.Bytes;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import org.jspecify.annotations.Nullable;

/// Reads [WorkerMessage]s from a pipe. Blocks while none comes.
///
/// *Confined to its creator's thread.*
public final class WorkerMessageReader {
  private final InputStream in;

  public WorkerMessageReader(InputStream in) {
    this.in = in;
  }

  /// The next message, or null when the other side has closed the pipe after a whole message.
  ///
  /// @throws EOFException when the pipe ends within a message
  /// @throws LimitExceededException when a length is above [WorkerProtocol#MAX_MESSAGE_BYTES]
  /// @throws MalformedMediaException when it is no message
  public @Nullable WorkerMessage next() throws IOException {
    byte[] field = in.readNBytes(4);
    if (field.length == 0) {
      return null;
    }
    if (field.length < 4) {
      throw new EOFException(
          "the pipe ended after %d bytes of a message's length (expected: 4)"
              .formatted(field.length));
    }
    long length = ByteBuffer.wrap(field).getInt() & 0xffff_ffffL;
    WorkerProtocol.requireWithinLimit(length);
    byte[] message = in.readNBytes((int) length);
    if (message.length < length) {
      throw new EOFException(
          "the pipe ended after %d bytes of a message (expected: %d)"
              .formatted(message.length, length));
    }
    return WorkerProtocol.read(Bytes.wrap(message));
  }
}
