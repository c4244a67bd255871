package nova.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The socket below an HTTP connection: what Vert.x does not tell about it, and what it closes too
/// early.
///
/// Vert.x says when a write is complete, which on a slow line is minutes after it began. Whether
/// the client takes anything at all meanwhile stands in Netty's queue of what waits for the socket.
///
/// *Confined to its event loop.*
public final class ClientSocket extends ChannelOutboundHandlerAdapter {
  private static final long LINGER_MS = 1_000;

  private long handedBytes;
  private boolean closing;
  private @Nullable ChannelHandlerContext context;

  private ClientSocket() {}

  /// Where the stream of bytes to a client is. While two looks give the same, the client has taken
  /// nothing.
  ///
  /// @param handed bytes given to the queue so far; in HTTP/2 only what the client allowed
  /// @param waiting size of the queue
  /// @param taken bytes the socket took of the first buffer in the queue
  public record Position(long handed, long waiting, long taken) {}

  /// The socket of `connection`.
  public static ClientSocket of(HttpConnection connection) {
    ChannelPipeline pipeline =
        ((HttpServerConnection) connection).channelHandlerContext().pipeline();
    ClientSocket known = pipeline.get(ClientSocket.class);
    if (known != null) {
      return known;
    }
    ClientSocket added = new ClientSocket();
    pipeline.addFirst(added);
    return added;
  }

  public Position position() {
    ChannelOutboundBuffer queue = queue();
    return queue == null
        ? new Position(handedBytes, 0, 0)
        : new Position(handedBytes, queue.totalPendingWriteBytes(), queue.currentProgress());
  }

  /// Whether bytes wait for the client.
  public boolean isWaiting() {
    ChannelOutboundBuffer queue = queue();
    return queue != null && queue.totalPendingWriteBytes() > 0;
  }

  /// Closes at once; what waits is dropped. Closing the connection would first wait for the client
  /// to take it.
  public void cut() {
    var _ = context().close();
  }

  /// Closes our direction, and the rest a moment later. Closing both while the client still sends
  /// would reset the connection and destroy our last words on their way.
  public void closeGently() {
    ChannelHandlerContext ctx = context();
    if (ctx.channel() instanceof DuplexChannel duplex
        && ctx.pipeline().get(SslHandler.class) == null) {
      var _ = duplex.shutdownOutput();
    }
    var _ = ctx.executor().schedule(this::cut, LINGER_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      handedBytes += bytes.readableBytes();
    }
    var _ = ctx.write(message, promise);
  }

  /// Closes when the client has taken what waits for it: a server of Vert.x 5.2 that is told to
  /// shut down forgets that. [#cut] does not wait.
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closing || !isWaiting()) {
      var _ = ctx.close(promise);
    } else {
      closing = true;
      var _ =
          ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
              .addListener(
                  _ -> {
                    var _ = ctx.close(promise);
                  });
    }
  }

  private @Nullable ChannelOutboundBuffer queue() {
    return context().channel().unsafe().outboundBuffer();
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }
}
