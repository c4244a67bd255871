package nova.ingest.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.ingest.chunk.ChunkReader;
import nova.ingest.connection.AddressLimits.Admission;
import nova.ingest.connection.ConnectionOutput;
import nova.ingest.connection.ConnectionPorts;
import nova.ingest.connection.RtmpConnection;
import nova.ingest.handshake.ServerHandshake;
import nova.ingest.handshake.ServerHandshake.Verdict;
import nova.ingest.message.RtmpMessage;
import nova.ingest.message.RtmpMessageWriter;
import nova.media.MediaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket: shakes hands, then feeds chunks to its [RtmpConnection] and writes what that sends.
///
/// Buffers are lent to the decoders, which copy payload bytes once and keep nothing else. Only a
/// pause makes the channel keep buffers: up to 1 MiB of what may not be read yet, and even after
/// the peer has gone, so that a short broadcast sent without waiting for answers is not lost.
///
/// *Confined to its event loop.*
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel by itself
final class RtmpChannel extends ChannelInboundHandlerAdapter implements ConnectionOutput {
  private static final Logger log = LoggerFactory.getLogger(RtmpChannel.class);
  private static final long LINGER_MS = 1_000;
  private static final int UNREAD_BYTES = 1 << 20;
  private static final String TEXT_ANSWER =
      "This port speaks RTMP, not HTTP. Publish to rtmp:// here, and open the watch page on the"
          + " HTTP port.\n";

  private final ConnectionPorts ports;
  private final long handshakeTimeoutNs;
  private final RtmpMessageWriter writer = new RtmpMessageWriter();
  private final ChunkReader reader;

  private @Nullable ServerHandshake handshake; // null once it is over
  private @Nullable RtmpConnection connection; // null until the handshake is over
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> ticks;
  private final Deque<ByteBuf> unread = new ArrayDeque<>(); // kept while paused
  private int unreadBytes;
  private boolean goneWhilePaused;
  private Admission admission = Admission.TURNED_AWAY;
  private boolean paused;
  private boolean closing;
  private long openedNs;

  RtmpChannel(ConnectionPorts ports, RandomGenerator random, long handshakeTimeoutNs) {
    this.ports = ports;
    this.handshakeTimeoutNs = handshakeTimeoutNs;
    this.handshake = new ServerHandshake(random);
    this.reader = new ChunkReader(ports.limits());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    admission = ports.addresses().enter(remote(ctx).getAddress());
    if (admission == Admission.TURNED_AWAY) {
      ports.refused(
          "rtmp-connections", remote(ctx).getAddress(), "Too many connections; closed at once.");
      ctx.close();
      return;
    }
    ports.metrics().connectionOpened();
    openedNs = ports.nanoClock().nanoTime();
    ticks = ctx.executor().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (admission != Admission.TURNED_AWAY) {
      ports.addresses().leave(remote(ctx).getAddress());
      ports.metrics().connectionClosed();
    }
    if (paused && !closing) {
      goneWhilePaused = true;
    } else {
      end();
    }
  }

  private void end() {
    if (ticks != null) {
      ticks.cancel(false);
    }
    closing = true;
    releaseUnread();
    if (connection != null) {
      connection.onClosed();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    boolean kept = false;
    try {
      if (closing) {
        return; // read to the end only so that the peer gets our last words
      }
      ports.metrics().received(in.readableBytes());
      if (connection != null) {
        connection.onBytes(in.readableBytes());
      }
      kept = !read(in);
    } finally {
      if (!kept) {
        in.release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (connection != null) {
      connection.onBytesRead();
    }
  }

  /// A peer that does not read what we send is not read either.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    chooseAutoRead();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) { // a reset is an ordinary end
      log.atError().setCause(cause).log("connection failed");
    }
    ctx.close();
  }

  /// Reads what may be read. Returns whether the buffer is done with.
  private boolean read(ByteBuf in) {
    if (paused) {
      keep(in); // was on its way when reading stopped
      return false;
    }
    try {
      ByteBuffer bytes = in.nioBuffer();
      if (handshake != null) {
        shakeHands(handshake, bytes);
      }
      RtmpConnection speaking = connection;
      if (speaking != null && !closing) {
        reader.read(bytes, speaking::onMessage);
      }
      if (!bytes.hasRemaining() || closing) {
        return true;
      }
      in.skipBytes(bytes.position());
      unread.addFirst(in);
      unreadBytes += in.readableBytes();
      return false;
    } catch (MediaException e) {
      if (connection != null) {
        connection.fail(e);
      } else {
        turnAway(e.reason());
      }
      return true;
    }
  }

  private void keep(ByteBuf in) {
    unread.addLast(in);
    unreadBytes += in.readableBytes();
    chooseAutoRead();
  }

  private void chooseAutoRead() {
    boolean room = !paused || unreadBytes < UNREAD_BYTES;
    context().channel().config().setAutoRead(closing || (room && context().channel().isWritable()));
  }

  private void shakeHands(ServerHandshake shaking, ByteBuffer bytes) {
    Verdict verdict = shaking.read(bytes);
    shaking.takeAnswer().ifPresent(this::writeNow);
    switch (verdict) {
      case INCOMPLETE -> {}
      case DONE -> {
        handshake = null;
        ChannelHandlerContext ctx = context();
        connection =
            new RtmpConnection(
                ports,
                this,
                remote(ctx).getAddress(),
                admission == Admission.TOO_MANY_FROM_ADDRESS);
        connection.onBytes(bytes.remaining());
      }
      case TEXT -> {
        writeNow(
            Bytes.ofUtf8(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                    .formatted(TEXT_ANSWER.length(), TEXT_ANSWER)));
        turnAway("http-on-rtmp-port");
      }
      case TLS -> turnAway("tls-on-rtmp-port");
      case UNKNOWN_VERSION -> turnAway("bad-handshake");
    }
  }

  private void turnAway(String reason) {
    ports.refused(reason, remote(context()).getAddress(), "Turned away before it spoke RTMP.");
    closeGently();
  }

  private void tick() {
    if (closing) {
      return;
    }
    if (connection != null) {
      connection.tick();
    } else if (ports.nanoClock().nanoTime() - openedNs > handshakeTimeoutNs) {
      turnAway("handshake-timeout");
    }
  }

  @Override
  public void execute(Runnable task) {
    context().executor().execute(task);
  }

  @Override
  public void send(RtmpMessage message) {
    context().write(bufferOf(writer.write(message)));
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    while (!paused && !unread.isEmpty()) {
      ByteBuf rest = unread.removeFirst();
      unreadBytes -= rest.readableBytes();
      boolean kept = false;
      try {
        kept = !read(rest);
      } finally {
        if (!kept) {
          rest.release();
        }
      }
    }
    flush();
    if (goneWhilePaused && !paused) {
      end();
    } else {
      chooseAutoRead();
    }
  }

  @Override
  public void allowMedia() {
    reader.allowMedia();
  }

  /// Closing at once while the peer still sends would reset the connection and destroy our last
  /// words on their way. So only our direction closes, and what arrives is thrown away for a
  /// moment.
  @Override
  public void closeGently() {
    if (closing) {
      return;
    }
    closing = true;
    paused = false;
    releaseUnread();
    ChannelHandlerContext ctx = context();
    if (goneWhilePaused) {
      end();
      return;
    }
    chooseAutoRead();
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                    duplex.shutdownOutput();
                  } else {
                    written.channel().close();
                  }
                });
    ctx.executor().schedule(() -> ctx.close(), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private void releaseUnread() {
    unread.forEach(ByteBuf::release);
    unread.clear();
    unreadBytes = 0;
  }

  private void writeNow(Bytes bytes) {
    context().writeAndFlush(bufferOf(bytes));
  }

  private static ByteBuf bufferOf(Bytes bytes) {
    return Unpooled.wrappedBuffer(bytes.asByteBuffer());
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext active = context;
    if (active == null) {
      throw new IllegalStateException("the channel is not active yet");
    }
    return active;
  }

  private static InetSocketAddress remote(ChannelHandlerContext ctx) {
    return (InetSocketAddress) ctx.channel().remoteAddress();
  }
}
