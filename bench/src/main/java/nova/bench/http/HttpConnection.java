package nova.bench.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import nova.core.Bytes;
import org.jspecify.annotations.Nullable;

/// A keep-alive connection with at most one request under way.
///
/// *Confined to its loop's thread.*
public final class HttpConnection {
  private static final int HEAD_BYTES = 8 * 1024;
  private static final int FIRST_READ_BYTES = 2 * 1024;

  /// What becomes of a request.
  public interface Outcome {
    void onResponse(HttpResponse response);

    /// The connection is gone; it takes no further requests.
    void onFailure(IOException reason);
  }

  private final SocketChannel channel;
  private final InetSocketAddress server;
  private final byte[] head = new byte[HEAD_BYTES];
  private int headLength;
  private @Nullable Outcome outcome;
  private boolean keepBody;
  private @Nullable ResponseHead responseHead;
  private @Nullable ByteBuffer body;
  private long received;
  private long firstByteNanos;

  HttpConnection(SocketChannel channel, InetSocketAddress server) {
    this.channel = channel;
    this.server = server;
  }

  /// Sends a GET; the outcome is told on the loop's thread.
  ///
  /// @param keepBody false for media, which is only counted
  public void get(String path, boolean keepBody, Outcome outcome) {
    send(HttpRequest.get(path), keepBody, outcome);
  }

  /// Sends a request; the outcome is told on the loop's thread.
  ///
  /// @param keepBody whether the caller wants to read the answer's body
  public void send(HttpRequest request, boolean keepBody, Outcome outcome) {
    if (this.outcome != null) {
      throw new IllegalStateException("a request is under way on this connection");
    }
    this.outcome = outcome;
    this.keepBody = keepBody;
    headLength = 0;
    responseHead = null;
    body = null;
    received = 0;
    firstByteNanos = 0;
    String host = server.getHostString() + ":" + server.getPort();
    ByteBuffer bytes = ByteBuffer.wrap(request.bytes(host));
    try {
      channel.write(bytes);
      if (bytes.hasRemaining()) { // an idle connection's send buffer holds any request
        throw new IOException("the server does not read requests: its receive buffer is full");
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  /// Reads the first bytes of the answer if none has arrived yet.
  void readFirstBytes(ByteBuffer buffer) {
    if (responseHead == null) {
      read(buffer, FIRST_READ_BYTES);
    }
  }

  /// Reads what has arrived of the body, up to the buffer's size.
  ///
  /// @return bytes read
  int readBody(ByteBuffer buffer) {
    return responseHead == null ? 0 : read(buffer, buffer.capacity());
  }

  private int read(ByteBuffer buffer, int limit) {
    try {
      buffer.clear().limit(limit);
      int count = channel.read(buffer);
      if (count < 0) {
        throw new IOException("the server closed the connection");
      }
      if (count > 0) {
        long now = System.nanoTime();
        if (outcome == null) {
          throw new IOException("%d bytes came without a request".formatted(count));
        }
        firstByteNanos = firstByteNanos == 0 ? now : firstByteNanos;
        accept(buffer.flip(), now);
      }
      return count;
    } catch (IOException e) {
      fail(e);
      return 0;
    }
  }

  private void accept(ByteBuffer buffer, long now) throws IOException {
    ResponseHead known = responseHead;
    if (known == null) {
      int count = Math.min(buffer.remaining(), head.length - headLength);
      buffer.get(head, headLength, count);
      headLength += count;
      known = ResponseHead.read(head, headLength);
      if (known == null) {
        return;
      }
      responseHead = known;
      if (keepBody) {
        body = ByteBuffer.allocate(Math.toIntExact(known.contentLength()));
        body.put(head, known.length(), headLength - known.length());
      }
      received = (long) headLength - known.length();
    }
    received += buffer.remaining();
    if (body != null) {
      body.put(buffer);
    }
    if (received == known.contentLength()) {
      complete(known, now);
    } else if (received > known.contentLength()) {
      throw new IOException("more bytes than Content-Length " + known.contentLength());
    }
  }

  private void complete(ResponseHead known, long now) {
    Outcome told = outcome;
    outcome = null;
    responseHead = null;
    Bytes kept = body == null ? Bytes.EMPTY : Bytes.wrap(body.flip());
    if (told != null) {
      told.onResponse(
          new HttpResponse(known.status(), kept, received, known.gzip(), firstByteNanos, now));
    }
  }

  private void fail(IOException reason) {
    Outcome told = outcome;
    outcome = null;
    try {
      channel.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
    if (told != null) {
      told.onFailure(reason);
    }
  }
}
